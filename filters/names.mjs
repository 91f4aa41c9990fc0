// Written by tools/filter-schemas.mjs.
export const filterNames = ['access', 'breaker', 'governance', 'jwt', 'ratelimit', 'tcp', 'token'];
