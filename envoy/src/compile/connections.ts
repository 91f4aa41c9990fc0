import { keyOf, type Model, type PolicyKind, type Resource } from '@tollgate/model';
import type { FilterSide, FilterTarget } from '../filter-config/index.js';
import { compileAccess } from './access.js';
import { compileRateLimit } from './ratelimit.js';

interface Matched {
  match?: object[] | undefined;
}

/** What governs connections to a plain TCP port of a service, on one side: of each policy what can be asked of a connection. */
export function compileConnections(
  model: Model,
  side: FilterSide,
  target: Resource<'Service'>,
): FilterTarget | undefined {
  const governing = <K extends PolicyKind>(kind: K) => model.governing(kind, target, side);
  const access = governing('AccessPolicy').flatMap((policy) => {
    const rules = ofConnections(policy.spec.rules);
    return rules.length > 0 ? [compileAccess({ ...policy, spec: { ...policy.spec, rules } })] : [];
  });
  const ratelimit = governing('RateLimitPolicy').flatMap((policy) => {
    const { fairShares, ...spec } = policy.spec;
    const limits = ofConnections(spec.limits).filter((limit) => 'concurrent' in limit);
    return limits.length > 0 ? [compileRateLimit({ ...policy, spec: { ...spec, limits } })] : [];
  });
  if (access.length === 0 && ratelimit.length === 0) return undefined;
  return {
    service: keyOf(target),
    ...(access.length > 0 ? { access } : {}),
    ...(ratelimit.length > 0 ? { ratelimit } : {}),
  };
}

const known: readonly string[] = ['addresses', 'consumers'];

/** Those that may fit a connection: it has no path, no method and no header, not even one that is absent. */
function ofConnections<Rule extends Matched>(rules: readonly Rule[]): Rule[] {
  return rules.flatMap((rule) => {
    if (!rule.match) return [rule];
    const match = rule.match.filter((conditions) =>
      Object.entries(conditions).every(([field, value]) => value === undefined || known.includes(field)),
    );
    return match.length > 0 ? [{ ...rule, match }] : [];
  });
}
