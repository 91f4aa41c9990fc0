import type { Resource } from './resource.js';

/** Everything that the policy files say: checked, with every reference resolved. Policies are in order of namespace/name. */
export interface Model {
  services: Resource<'Service'>[];
  nodes: Resource<'Node'>[];
  access: Resource<'AccessPolicy'>[];
  token: Resource<'TokenPolicy'>[];
  jwt: Resource<'JwtPolicy'>[];
  ratelimit: Resource<'RateLimitPolicy'>[];
  breaker: Resource<'CircuitBreakerPolicy'>[];
  requestAuthentication: Resource<'RequestAuthentication'>[];
}

export type Policy = Resource<
  'AccessPolicy' | 'TokenPolicy' | 'JwtPolicy' | 'RateLimitPolicy' | 'CircuitBreakerPolicy'
>;

export function policiesOf(model: Model): Policy[] {
  return [...model.access, ...model.token, ...model.jwt, ...model.ratelimit, ...model.breaker];
}
