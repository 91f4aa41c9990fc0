import { createHash, createHmac } from 'node:crypto';
import type { TokenPolicySpec } from './policy/token.js';

/** `YYYYMMDD` or `YYYYMMDDThhmmssZ` in UTC. */
export function tokenDate(at: Date, granularity: TokenPolicySpec['date']): string {
  const compact = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  return granularity === 'day' ? compact.slice(0, 8) : compact;
}

export interface TokenParts {
  system: string;
  date: string;
  nonce?: string;
  digest: string;
}

/** Signs as the filters do: HMAC-SHA-256 (RFC 2104) over `system.date[.nonce]`, or MD5 over `system date [nonce] secret` run together. */
export function signToken(
  digest: TokenPolicySpec['digest'],
  secret: string | Uint8Array,
  parts: Omit<TokenParts, 'digest'>,
): TokenParts {
  const fields = [parts.system, parts.date, ...(parts.nonce === undefined ? [] : [parts.nonce])];
  const hash =
    digest === 'md5'
      ? createHash('md5').update(fields.join('')).update(secret)
      : createHmac('sha256', secret).update(fields.join('.'));
  return { ...parts, digest: hash.digest('hex') };
}

/** The header lines that carry a token under a policy. */
export function tokenHeaders(
  spec: Pick<TokenPolicySpec, 'carry' | 'header' | 'headers'>,
  token: TokenParts,
): [name: string, value: string][] {
  const { system, date, nonce, digest } = token;
  if (spec.carry === 'header')
    return [[spec.header, [system, date, ...(nonce === undefined ? [] : [nonce]), digest].join('.')]];
  return [
    [spec.headers.system, system],
    [spec.headers.date, date],
    ...(nonce === undefined ? [] : [[spec.headers.nonce, nonce] as [string, string]]),
    [spec.headers.digest, digest],
  ];
}
