import { keyOf, type PathReading, type Resource } from '@tollgate/model';
import type { FilterSigner, FilterVerifier } from '../filter-config/token.js';
import { compileMatch } from './match.js';
import { packRules } from './packed-rules.js';
import type { Secrets } from './secrets.js';

function common({ namespace, name, spec }: Resource<'TokenPolicy'>) {
  const { mode, digest, date, carry, header, headers } = spec;
  return { namespace, name, mode, digest, date, carry, ...(carry === 'header' ? { header } : { headers }) };
}

/** The provider side verifies. */
export function compileVerifier(
  policy: Resource<'TokenPolicy'>,
  secrets: Secrets,
  reading?: PathReading,
): FilterVerifier {
  const { skew, replay, notBefore, systems, rules } = policy.spec;
  return {
    ...common(policy),
    skewMs: skew,
    ...(replay.refuse ? { replay: { windowMs: replay.window, noncesMax: replay.noncesMax } } : {}),
    ...(notBefore === undefined ? {} : { notBeforeMs: notBefore }),
    systems: systems.map((system) => ({ id: system.id, secrets: secrets.variablesOf(policy, system) })),
    rules: packRules(
      rules.map(({ name, match, require, systems: allowed }) => ({
        name,
        ...compileMatch(match, reading),
        require,
        systems: allowed,
      })),
    ),
  };
}

/** The consumer side signs as the system of the calling service; where it is none, the token headers are only taken away. */
export function compileSigner(
  policy: Resource<'TokenPolicy'>,
  caller: Resource<'Service'>,
  secrets: Secrets,
): FilterSigner {
  const system = policy.spec.systems.find(
    ({ service }) => service !== undefined && keyOf({ namespace: policy.namespace, name: service }) === keyOf(caller),
  );
  if (!system) return common(policy);
  const nonce = policy.spec.replay.refuse ? { nonce: true as const } : {};
  return { ...common(policy), sign: { system: system.id, secrets: secrets.variablesOf(policy, system), ...nonce } };
}
