import type { JwtPolicySpec, PathReading, Resource } from '@tollgate/model';
import type { FilterJwt, FilterKeySet } from '../filter-config/jwt.js';
import { fetched } from './key-set.js';
import { compileMatch } from './match.js';
import { packRules } from './packed-rules.js';
import type { Secrets } from './secrets.js';

type KeySet = JwtPolicySpec['providers'][number]['jwks'];

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
    rules: packRules(
      rules.map(({ match, overlap: _overlap, ...rule }) => ({ ...rule, ...compileMatch(match, reading) })),
    ),
  };
}

function keySet(policy: Resource<'JwtPolicy'>, provider: string, jwks: KeySet, secrets: Secrets): FilterKeySet {
  if (jwks.uri !== undefined) return fetched(jwks.uri, jwks.refresh, jwks.timeout);
  if (jwks.inline !== undefined) return { inline: jwks.inline };
  return { env: secrets.keySetOf(policy, provider, jwks) };
}
