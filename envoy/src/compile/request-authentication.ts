import { istioLocations, type JwtRuleSpec, providerOf, type Resource } from '@tollgate/model';
import type { FilterJwt } from '../filter-config/jwt.js';
import { fetched } from './key-set.js';

/**
 * Istio's documents for one service become one policy: a token is right when any of their rules takes it. No document is
 * no policy.
 */
export function compileRequestAuthentications(policies: readonly Resource<'RequestAuthentication'>[]): FilterJwt[] {
  const ruled = policies.filter(({ spec }) => spec.jwtRules.length > 0);
  const [first] = ruled;
  if (!first) return [];
  return [
    {
      namespace: first.namespace,
      name: ruled.map(({ name }) => name).join('+'),
      mode: 'enforce',
      providers: ruled.flatMap((policy) =>
        policy.spec.jwtRules.map((rule) => ({ name: providerOf(rule), ...provider(rule) })),
      ),
      rules: [{ name: 'jwtRules', require: 'valid' }],
    },
  ];
}

function provider(rule: JwtRuleSpec): Omit<FilterJwt['providers'][number], 'name'> {
  const uri = rule.jwksUri ?? rule.jwks_uri;
  return {
    issuer: rule.issuer,
    ...(rule.audiences.length > 0 ? { audiences: rule.audiences } : {}),
    jwks: uri === undefined ? { inline: rule.jwks ?? '' } : fetched(uri, undefined, rule.timeout),
    from: locations(rule),
    ...(rule.outputClaimToHeaders.length > 0 ? { claimsToHeaders: rule.outputClaimToHeaders } : {}),
    ...(rule.outputPayloadToHeader === undefined ? {} : { payloadToHeader: rule.outputPayloadToHeader }),
    forward: rule.forwardOriginalToken,
  };
}

function locations({ fromHeaders, fromParams, fromCookies }: JwtRuleSpec): FilterJwt['providers'][number]['from'] {
  const said = fromHeaders.length + fromParams.length + fromCookies.length > 0;
  const headers = said ? fromHeaders : istioLocations.headers;
  return [
    ...headers.map(({ name, prefix }) => ({ header: name, ...(prefix === undefined ? {} : { prefix }) })),
    ...(said ? fromParams : istioLocations.params).map((query) => ({ query })),
    ...fromCookies.map((cookie) => ({ cookie })),
  ];
}
