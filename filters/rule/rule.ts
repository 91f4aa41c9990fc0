import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Match } from './match';

/** What the ordered rules of every kind have. */
@unmanaged
export class Rule {
  name: Slice;
  /** Null holds always. */
  match: List<Match> | null;
}
