import { NetworkSet } from 'proxy-wasm/assembly/net/network-set';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Match } from '../rule/match';
import { Policy } from '../rule/policy';


@unmanaged
export class AccessPolicy extends Policy {
  rules: List<AccessRule>;
}


@unmanaged
export class AccessRule {
  name: Slice;
  match: List<Match> | null;
  /** Null allows every address that is not denied. */
  allow: NetworkSet | null;
  deny: NetworkSet | null;
}
