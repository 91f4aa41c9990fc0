import { List, NetworkSet } from 'proxy-wasm';
import { Policy } from '../rule/policy';
import { Rule } from '../rule/rule';
import { RuleIndex } from '../rule/rule-index';


@unmanaged
export class AccessPolicy extends Policy {
  rules: List<AccessRule>;
  index: RuleIndex;
}


@unmanaged
export class AccessRule extends Rule {
  /** Null allows every address that is not denied. */
  allow: NetworkSet | null;
  deny: NetworkSet | null;
}
