import { HmacKey, List, Slice } from 'proxy-wasm';
import { Limit } from '../ratelimit/policy';
import { CredentialCache } from '../credential-cache/cache';
import { Policy } from '../rule/policy';
import { Rule } from '../rule/rule';
import { RuleIndex } from '../rule/rule-index';


@unmanaged
export class TokenPolicy extends Policy {
  md5: bool;
  /** The date has a time of day; else it is a whole day. */
  seconds: bool;
  skewMs: i64;
  /** The one header that carries all parts; null where each part has its own. */
  header: Slice | null;
  systemHeader: Slice;
  dateHeader: Slice;
  nonceHeader: Slice | null;
  digestHeader: Slice;
  /** Provider side. */
  systems: List<System>;
  rules: List<TokenRule>;
  index: RuleIndex;
  /** Tokens of an earlier date are revoked; ms since 1970, 0 for none. */
  notBeforeMs: i64;
  /** Where a nonce may come once: the memory of those that came. */
  replay: Limit | null;
  /** Tokens that were proved; null where none comes twice. */
  cache: CredentialCache | null;
  /** Consumer side: who signs; null where the application's headers are only removed. */
  signer: System | null;
  /** It signs with a nonce. */
  nonce: bool;
  /** The date that was signed last, and its digest: without a nonce the next call's is the same. */
  signedDate: Slice;
  signedDigest: Slice;
}


@unmanaged
export class TokenRule extends Rule {
  /** The systems that may pass; null is any. */
  systems: List<Slice> | null;
}


@unmanaged
export class System {
  id: Slice;
  /** The first signs, any verifies. */
  secrets: List<Secret>;
}


@unmanaged
export class Secret {
  text: Slice;
  hmac: HmacKey;
}
