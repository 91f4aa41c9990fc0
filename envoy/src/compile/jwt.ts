import type { JwtPolicySpec, Resource } from '@tollgate/model';
import type { FilterJwt } from '../filter-config.js';
import type { Secrets } from './secrets.js';

/** Both sides verify alike. */
export function compileJwt(policy: Resource<'JwtPolicy'>, secrets: Secrets): FilterJwt {
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
    rules,
  };
}

function keySet(
  policy: Resource<'JwtPolicy'>,
  provider: string,
  { inline, env, file }: JwtPolicySpec['providers'][number]['jwks'],
  secrets: Secrets,
): { inline: string } | { env: string } {
  return inline === undefined ? { env: secrets.keySetOf(policy, provider, { env, file }) } : { inline };
}
