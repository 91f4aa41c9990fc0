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

/** Whether the calls of a service are governed by a policy, at the proxy of this side. */
export function governs(policy: Policy, target: Resource<'Service'>, side: 'provider' | 'consumer'): boolean {
  const { targetRefs, side: sides } = policy.spec;
  if (sides !== side && sides !== 'both') return false;
  if (!targetRefs) return policy.namespace === target.namespace;
  return targetRefs.some(
    (reference) => reference.name === target.name && (reference.namespace ?? policy.namespace) === target.namespace,
  );
}
