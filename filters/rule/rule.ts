import { Decoder, List, Slice, Value } from 'proxy-wasm';
import { Call } from '../call/call';
import { PathReading } from '../path/reading';
import { decodeMatches } from './decode-match';
import { Match, matches } from './match';
import { RuleTable } from './rule-table';

/** What the ordered rules of every kind have. */
@unmanaged
export class Rule {
  name: Slice;
  /** Null holds always. */
  match: List<Match> | null;
  /** Many rules in one, which differ in name and condition only; then the two above are not used. */
  table: RuleTable | null;
  /** Lets calls pass instead of asking for something: a condition on addresses does not hold for an unknown one. */
  exempts: bool;

  holds(call: Call): bool {
    const table = this.table;
    return table ? table.find(call) >= 0 : matches(this.match, call, this.exempts);
  }

  /** The name of the rule that holds for the call. */
  nameFor(call: Call): Slice {
    const table = this.table;
    return table ? table.nameAt(table.find(call)) : this.name;
  }

  /** Reads `name` and `match`. */
  decode(decoder: Decoder, object: Value | null, paths: PathReading): void {
    this.name = decoder.name(decoder.required(object, 'name'));
    this.match = decodeMatches(decoder, decoder.optional(object, 'match'), paths);
  }

  /** The same, or `packed` in their place: for rules of which the first decides. */
  decodePackable(decoder: Decoder, object: Value | null, paths: PathReading): void {
    const packed = decoder.optional(object, 'packed');
    if (packed) this.table = RuleTable.decode(decoder, packed);
    else this.decode(decoder, object, paths);
  }
}
