import { Slice, isDigit } from 'proxy-wasm';
import { Call } from '../call/call';

/** What a call spends of a limit. */
@unmanaged
export class Cost {
  /** Of the header that says it; null where it is fixed. */
  header: Slice | null;
  /** The fixed cost, or that of a call which does not say one. */
  amount: u64;
  /** A header that says more counts as this. */
  most: u64;
}

export function costOf(cost: Cost | null, call: Call): u64 {
  if (!cost) return 1;
  const name = cost.header;
  const at = name ? call.headers.find(name) : -1;
  // A caller who sends it twice would have us choose.
  if (!name || at < 0 || call.headers.find(name, at + 1) >= 0) return cost.amount;
  const said = amountIn(call.headers.value(at));
  return said ? min(said, cost.most) : cost.amount;
}

/** A whole number from 1, in digits only; 0 where it is none. More than any limit has counts as that. */
function amountIn(text: Slice): u64 {
  let amount: u64 = 0;
  for (let i = 0; i < text.length; i++) {
    if (!isDigit(text.byte(i))) return 0;
    amount = min<u64>(amount * 10 + (text.byte(i) - 0x30), u32.MAX_VALUE);
  }
  return amount;
}
