// Written by `node tools/filter-reasons.mjs` from model/src/reasons.ts.
import { Slice } from 'proxy-wasm';

/** The fixed vocabulary of refusals. The reasons of a step stand together, so that its counters are a range. */
export enum Reason {
  /** No reason to refuse. */
  NONE = -1,
  PATH_NOT_CANONICAL,
  ADDRESS_DENIED,
  ADDRESS_NOT_ALLOWED,
  TOKEN_MISSING,
  TOKEN_DUPLICATE,
  TOKEN_MALFORMED,
  TOKEN_UNKNOWN_SYSTEM,
  TOKEN_EXPIRED,
  TOKEN_MISMATCH,
  TOKEN_REPLAYED,
  TOKEN_SYSTEM_NOT_ALLOWED,
  JWT_MISSING,
  JWT_DUPLICATE,
  JWT_MALFORMED,
  JWT_UNKNOWN_KEY,
  JWT_ALGORITHM,
  JWT_SIGNATURE,
  JWT_EXPIRED,
  JWT_NOT_YET_VALID,
  JWT_ISSUER,
  JWT_AUDIENCE,
  JWT_CLAIMS,
  RATE_LIMITED,
  QUOTA_EXCEEDED,
  CONCURRENCY_LIMITED,
  BREAKER_OPEN,
  FILTER_UNAVAILABLE,
  /** No reason: how many there are. */
  COUNT,
}

export function reasonText(reason: Reason): Slice {
  switch (reason) {
    case Reason.PATH_NOT_CANONICAL:
      return 'path_not_canonical';
    case Reason.ADDRESS_DENIED:
      return 'address_denied';
    case Reason.ADDRESS_NOT_ALLOWED:
      return 'address_not_allowed';
    case Reason.TOKEN_MISSING:
      return 'token_missing';
    case Reason.TOKEN_DUPLICATE:
      return 'token_duplicate';
    case Reason.TOKEN_MALFORMED:
      return 'token_malformed';
    case Reason.TOKEN_UNKNOWN_SYSTEM:
      return 'token_unknown_system';
    case Reason.TOKEN_EXPIRED:
      return 'token_expired';
    case Reason.TOKEN_MISMATCH:
      return 'token_mismatch';
    case Reason.TOKEN_REPLAYED:
      return 'token_replayed';
    case Reason.TOKEN_SYSTEM_NOT_ALLOWED:
      return 'token_system_not_allowed';
    case Reason.JWT_MISSING:
      return 'jwt_missing';
    case Reason.JWT_DUPLICATE:
      return 'jwt_duplicate';
    case Reason.JWT_MALFORMED:
      return 'jwt_malformed';
    case Reason.JWT_UNKNOWN_KEY:
      return 'jwt_unknown_key';
    case Reason.JWT_ALGORITHM:
      return 'jwt_algorithm';
    case Reason.JWT_SIGNATURE:
      return 'jwt_signature';
    case Reason.JWT_EXPIRED:
      return 'jwt_expired';
    case Reason.JWT_NOT_YET_VALID:
      return 'jwt_not_yet_valid';
    case Reason.JWT_ISSUER:
      return 'jwt_issuer';
    case Reason.JWT_AUDIENCE:
      return 'jwt_audience';
    case Reason.JWT_CLAIMS:
      return 'jwt_claims';
    case Reason.RATE_LIMITED:
      return 'rate_limited';
    case Reason.QUOTA_EXCEEDED:
      return 'quota_exceeded';
    case Reason.CONCURRENCY_LIMITED:
      return 'concurrency_limited';
    case Reason.BREAKER_OPEN:
      return 'breaker_open';
    default:
      return 'filter_unavailable';
  }
}

/** The step that refuses for this reason, as answers, metrics and logs name it. */
export function stepText(reason: Reason): Slice {
  if (reason <= Reason.PATH_NOT_CANONICAL) return 'path';
  if (reason <= Reason.ADDRESS_NOT_ALLOWED) return 'access';
  if (reason <= Reason.TOKEN_SYSTEM_NOT_ALLOWED) return 'token';
  if (reason <= Reason.JWT_CLAIMS) return 'jwt';
  if (reason <= Reason.CONCURRENCY_LIMITED) return 'ratelimit';
  if (reason <= Reason.BREAKER_OPEN) return 'breaker';
  return 'any';
}

export function httpStatus(reason: Reason): u32 {
  if (reason <= Reason.PATH_NOT_CANONICAL) return 400;
  if (reason <= Reason.ADDRESS_NOT_ALLOWED) return 403;
  if (reason <= Reason.TOKEN_REPLAYED) return 401;
  if (reason <= Reason.TOKEN_SYSTEM_NOT_ALLOWED) return 403;
  if (reason <= Reason.JWT_AUDIENCE) return 401;
  if (reason <= Reason.JWT_CLAIMS) return 403;
  if (reason <= Reason.CONCURRENCY_LIMITED) return 429;
  return 503;
}

/** gRPC's code for the HTTP status of a refusal. */
export function grpcStatus(status: u32): i32 {
  if (status == 400) return 3;
  if (status == 403) return 7;
  if (status == 401) return 16;
  if (status == 429) return 8;
  return 14;
}

/** The HTTP status in words. */
export function statusText(status: u32): Slice {
  if (status == 400) return 'bad_request';
  if (status == 403) return 'forbidden';
  if (status == 401) return 'unauthorized';
  if (status == 429) return 'too_many_requests';
  return 'service_unavailable';
}
