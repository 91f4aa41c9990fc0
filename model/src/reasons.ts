/** Why a call was refused: the fixed vocabulary (docs/policies/refusals.md). HTTP status and gRPC status code of each reason. */
export const reasons = {
  path_not_canonical: { step: 'path', http: 400, grpc: 3 },
  address_denied: { step: 'access', http: 403, grpc: 7 },
  address_not_allowed: { step: 'access', http: 403, grpc: 7 },
  token_missing: { step: 'token', http: 401, grpc: 16 },
  token_duplicate: { step: 'token', http: 401, grpc: 16 },
  token_malformed: { step: 'token', http: 401, grpc: 16 },
  token_unknown_system: { step: 'token', http: 401, grpc: 16 },
  token_expired: { step: 'token', http: 401, grpc: 16 },
  token_mismatch: { step: 'token', http: 401, grpc: 16 },
  token_replayed: { step: 'token', http: 401, grpc: 16 },
  token_system_not_allowed: { step: 'token', http: 403, grpc: 7 },
  jwt_missing: { step: 'jwt', http: 401, grpc: 16 },
  jwt_duplicate: { step: 'jwt', http: 401, grpc: 16 },
  jwt_malformed: { step: 'jwt', http: 401, grpc: 16 },
  jwt_unknown_key: { step: 'jwt', http: 401, grpc: 16 },
  jwt_algorithm: { step: 'jwt', http: 401, grpc: 16 },
  jwt_signature: { step: 'jwt', http: 401, grpc: 16 },
  jwt_expired: { step: 'jwt', http: 401, grpc: 16 },
  jwt_not_yet_valid: { step: 'jwt', http: 401, grpc: 16 },
  jwt_issuer: { step: 'jwt', http: 401, grpc: 16 },
  jwt_audience: { step: 'jwt', http: 401, grpc: 16 },
  jwt_claims: { step: 'jwt', http: 403, grpc: 7 },
  rate_limited: { step: 'ratelimit', http: 429, grpc: 8 },
  quota_exceeded: { step: 'ratelimit', http: 429, grpc: 8 },
  concurrency_limited: { step: 'ratelimit', http: 429, grpc: 8 },
  breaker_open: { step: 'breaker', http: 503, grpc: 14 },
  filter_unavailable: { step: 'any', http: 503, grpc: 14 },
} as const satisfies Record<string, { step: string; http: number; grpc: number }>;

export type Reason = keyof typeof reasons;
/** A step of the filters; one word names it in reasons, configuration, metrics and folders. */
export type Step = (typeof reasons)[Reason]['step'];

/** What the filters decided about one call. */
export type Verdict =
  | { kind: 'allowed' }
  | { kind: 'denied'; filter: string; rule: string; reason: string; status: number };
