import { List, Slice } from 'proxy-wasm';
import { CredentialCache } from '../credential-cache/cache';
import { Policy } from '../rule/policy';
import { Rule } from '../rule/rule';
import { RuleIndex } from '../rule/rule-index';
import { KeySetAddress } from './key-set-address';
import { Key } from './key';


@unmanaged
export class JwtPolicy extends Policy {
  providers: List<JwtProvider>;
  /** Every place where a provider's token may stand, each once. */
  sources: List<Source>;
  rules: List<JwtRule>;
  index: RuleIndex;
  /** Tokens that were issued before are revoked; ms since 1970, 0 for none. */
  notBeforeMs: i64;
  /** Tokens that were proved, and tokens that were refused, since so many changes of fetched key sets. */
  proved: CredentialCache;
  refused: CredentialCache;
  keySetChanges: u32;
}

/** Who issues tokens, and how they are known. */
@unmanaged
export class JwtProvider {
  /** Part of its subjects' identity. */
  name: Slice;
  issuer: Slice;
  /** Any of them; null is not checked. */
  audiences: List<Slice> | null;
  keys: List<Key>;
  /** Where they are fetched; null where they stand in `keys`. */
  address: KeySetAddress | null;
  /** Objects of the policy's `sources`. */
  sources: List<Source>;
  skewMs: i64;
  /** The claim that becomes the consumer's identity. */
  subject: Slice;
  headers: List<ClaimHeader> | null;
  /** Carries the claims on as they stand in the token. */
  payloadHeader: Slice | null;
  /** Whether the token goes on to the service. */
  forward: bool;
}

/** Where a token may stand. */
export enum Place {
  HEADER,
  QUERY,
  COOKIE,
}

/** A header with what stands in front of the token in it, a parameter of the query, or a cookie. */
@unmanaged
export class Source {
  name: Slice;
  place: Place;
  prefix: Slice;

  equals(other: Source): bool {
    return this.place == other.place && this.name.equals(other.name) && this.prefix.equals(other.prefix);
  }
}


@unmanaged
export class ClaimHeader {
  claim: Slice;
  header: Slice;
}


@unmanaged
export class JwtRule extends Rule {
  /** A call without a token passes; one with a wrong token does not. */
  optional: bool;
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
