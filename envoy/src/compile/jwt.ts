import type { JwtPolicySpec, PathReading, Resource } from '@tollgate/model';
import type { FilterJwt, FilterKeySet } from '../filter-config.js';
import { fetched } from './key-set.js';
import { compileMatch } from './match.js';
import { packRules } from './packed-rules.js';
import type { Secrets } from './secrets.js';

/** Both sides verify alike. */
export function compileJwt(policy: Resource<'JwtPolicy'>, secrets: Secrets, reading?: PathReading): FilterJwt {
  const { mode, notBefore, providers, rules } = policy.spec;
  return {
    namespace: policy.namespace,
    name: policy.name,
    mode,
    ...(notBefore === undefined ? {} : { notBeforeMs: notBefore }),
    providers: providers.map(({ skew, jwks, ...provider }) => ({
      ...provider,
      jwks: keySet(policy, provider.name, jwks, secrets),
      skewMs: skew,
    })),
    rules: packRules(rules.map(({ match, ...rule }) => ({ ...rule, ...compileMatch(match, reading) }))),
  };
}

function keySet(
  policy: Resource<'JwtPolicy'>,
  provider: string,
  { inline, env, file, uri, refresh, timeout }: JwtPolicySpec['providers'][number]['jwks'],
  secrets: Secrets,
): FilterKeySet {
  if (uri !== undefined) return fetched(uri, refresh, timeout);
  return inline === undefined ? { env: secrets.keySetOf(policy, provider, { env, file }) } : { inline };
}
