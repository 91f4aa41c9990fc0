import { List, Slice } from 'proxy-wasm';
import { Policy } from '../rule/policy';
import { Rule } from '../rule/rule';
import { RuleIndex } from '../rule/rule-index';
import { Rate } from './bucket';
import { Cost } from './cost';
import { Shares } from './weights';


@unmanaged
export class RateLimitPolicy extends Policy {
  limits: List<Limit>;
  index: RuleIndex;
}


@unmanaged
export class Limit extends Rule {
  key: List<KeyPart> | null;
  rate: Rate;
  /** Where consumers share one budget; `rate` is all of it. */
  shares: Shares | null;
  /** Null: each call costs one. */
  cost: Cost | null;
  /** Allowed calls tell what is left. */
  headers: bool;
  /** So long a period that the caller should read it as a quota. */
  quota: bool;
  keysMax: u32;
  /** Its number in this VM, never given twice. */
  id: u32;
  /** The name of its shared values, whose last four bytes are the number of the value. */
  shared: Slice;
  /** As the ledger says: fixed when the first configuration made it. */
  chains: u32;
  seed: u32;
}

export enum KeyKind {
  SERVICE,
  ROUTE,
  CONSUMER,
  ADDRESS,
  PATH,
  METHOD,
  HEADER,
  COOKIE,
  QUERY,
}


@unmanaged
export class KeyPart {
  kind: KeyKind;
  /** Of the header, cookie or parameter. */
  name: Slice;
}
