import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { CredentialCache } from '../credential-cache/cache';
import { Match } from '../rule/match';
import { Policy } from '../rule/policy';
import { Key } from './key';


@unmanaged
export class JwtPolicy extends Policy {
  providers: List<JwtProvider>;
  /** Every place where a provider's token may stand, each once. */
  sources: List<Source>;
  rules: List<JwtRule>;
  /** Tokens that were issued before are revoked; ms since 1970, 0 for none. */
  notBeforeMs: i64;
  /** Tokens that were proved. */
  cache: CredentialCache;
}

/** Who issues tokens, and how they are known. */
@unmanaged
export class JwtProvider {
  name: Slice;
  issuer: Slice;
  /** Any of them; null is not checked. */
  audiences: List<Slice> | null;
  keys: List<Key>;
  /** Objects of the policy's `sources`. */
  sources: List<Source>;
  skewMs: i64;
  /** The claim that becomes the consumer's identity. */
  subject: Slice;
  headers: List<ClaimHeader> | null;
  /** Whether the token goes on to the service. */
  forward: bool;
}

/** A header with what stands in front of the token in it, or a parameter of the query. */
@unmanaged
export class Source {
  name: Slice;
  query: bool;
  prefix: Slice;

  equals(other: Source): bool {
    return this.query == other.query && this.name.equals(other.name) && this.prefix.equals(other.prefix);
  }
}


@unmanaged
export class ClaimHeader {
  claim: Slice;
  header: Slice;
}


@unmanaged
export class JwtRule {
  name: Slice;
  match: List<Match> | null;
  required: bool;
  /** Whose tokens it takes; null is any of the policy's. */
  providers: List<JwtProvider> | null;
  claims: List<RequiredClaim> | null;
  /** All of them. */
  scopes: List<Slice> | null;
}

/** The claim, or an element of it where it is a list, is one of these values. */
@unmanaged
export class RequiredClaim {
  name: Slice;
  values: List<ClaimValue>;
}


@unmanaged
export class ClaimValue {
  /** One of json's `Kind`: the text "1" is not the number 1. */
  kind: u8;
  text: Slice;
}
