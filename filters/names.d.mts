// Written by tools/filter-schemas.mjs.
export declare const filterNames: readonly ['access', 'breaker', 'governance', 'jwt', 'ratelimit', 'tcp', 'token'];
