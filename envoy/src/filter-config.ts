import type { Cost, JwtPolicySpec, KeyPart, Match, Mode, PathReading, TokenPolicySpec } from '@tollgate/model';

/**
 * What the filters are configured with: the JSON that stands in Envoy's plugin configuration. filter-schema/ is its
 * schema, from which `node tools/filter-schemas.mjs` writes filters/<name>/schema.json; the filters decode it in AssemblyScript and refuse what they do not know.
 */
export interface FilterConfig {
  side: 'provider' | 'consumer';
  /** The service whose proxy this is. On the consumer side it is the caller, and so the consumer's identity. */
  service: string;
  trustedHops: number;
  /** Provider side: one. Consumer side: one for each governed service, named as Envoy's virtual host. */
  targets: FilterTarget[];
}

export interface FilterTarget {
  /** `namespace/name`. */
  service: string;
  /** How it reads paths; absent, each byte counts. */
  paths?: PathReading;
  access?: FilterAccess[];
  token?: FilterToken[];
  jwt?: FilterJwt[];
  ratelimit?: FilterRateLimit[];
  breaker?: FilterBreaker[];
}

interface FilterPolicy {
  namespace: string;
  name: string;
  mode: Mode;
}

export interface FilterAccess extends FilterPolicy {
  rules: FilterRule<{ allow?: FilterNetworks; deny?: FilterNetworks }>[];
}

/** One rule, or many in the packed form that differ in name and match only: see compile/packed-rules.ts. */
export type FilterRule<Fields> = ({ name: string; match?: FilterMatch } | { packed: string }) & Fields;

/** A list, or packed: base64url of sorted records of address and prefix length, see compile/networks.ts. */
export type FilterNetworks = string[] | { v4?: string; v6?: string };

export type FilterMatch = (Omit<NonNullable<Match>[number], 'addresses'> & { addresses?: FilterNetworks })[];

/** Secrets are the names of environment variables: their values reach the filter past every configuration dump. */
export type FilterToken = FilterPolicy &
  Pick<TokenPolicySpec, 'digest' | 'date' | 'carry'> & { header?: string; headers?: TokenPolicySpec['headers'] } & (
    | FilterTokenVerifier
    | FilterTokenSigner
  );

interface FilterTokenVerifier {
  skewMs: number;
  /** Tokens of an earlier date are revoked. */
  notBeforeMs?: number;
  /** A nonce may come once in the window. */
  replay?: { windowMs: number; noncesMax: number };
  systems: { id: string; secrets: string[] }[];
  rules: FilterRule<{ require: 'token' | 'none'; systems?: string[] }>[];
}

interface FilterTokenSigner {
  sign?: { system: string; secrets: string[]; nonce?: true };
}

export interface FilterJwt extends FilterPolicy {
  /** Tokens that were issued before, or do not say when, are revoked. */
  notBeforeMs?: number;
  providers: (Pick<JwtProvider, 'name' | 'issuer' | 'audiences' | 'from' | 'forward'> & {
    jwks: FilterKeySet;
    skewMs?: number;
    subject?: string;
    /** A claim by its name, or by the way to it through other claims. */
    claimsToHeaders?: (({ claim: string } | { path: string[] }) & { header: string })[];
    /** Carries all claims on, in base64url. */
    payloadToHeader?: string;
  })[];
  /** `valid`: a call without a token passes, one with a wrong token does not. */
  rules: FilterRule<
    Omit<JwtPolicySpec['rules'][number], 'name' | 'require' | 'match'> & { require: 'jwt' | 'valid' | 'none' }
  >[];
}

/** Its text, the name of an environment variable that holds it, or where it is fetched. */
export type FilterKeySet = { inline: string } | { env: string } | { fetch: FilterKeySetFetch };

export interface FilterKeySetFetch {
  /** Envoy's cluster for the address. */
  cluster: string;
  authority: string;
  path: string;
  refreshMs: number;
  timeoutMs: number;
}
type JwtProvider = JwtPolicySpec['providers'][number];

/** One of the two at least. */
export interface FilterRateLimit extends FilterPolicy {
  limits?: ({
    name: string;
    match?: FilterMatch;
    key: KeyPart[];
    cost?: Cost;
    headers: boolean;
    keysMax: number;
  } & FilterAmounts)[];
  fairShares?: { requests: number; perMs: number; weights: Record<string, number> };
}

/** A limit is a token bucket unless it says otherwise. */
export type FilterAmounts =
  | { requests: number; perMs: number; burst: number }
  | { requests: number; perMs: number; algorithm: 'sliding-window' }
  | { concurrent: number };

export interface FilterBreaker extends FilterPolicy {
  breakers: {
    name: string;
    match?: FilterMatch;
    windowMs: number;
    trip: {
      consecutiveFailures?: number;
      failurePercent?: number;
      slowPercent?: number;
      slowAfterMs?: number;
      requestsMin: number;
    };
    /** gRPC statuses by number. */
    failures: { statuses: string[]; grpc: number[]; resets: boolean };
    open: { forMs: number; forMaxMs: number };
    probes: number;
    fallback?: { status: number; headers: Record<string, string>; body: string };
  }[];
}
