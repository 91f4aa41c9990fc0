import { Slice, Writer, request, share, shared } from 'proxy-wasm';

/**
 * Envoy numbers all writes of shared data one after the other. The specification only says that a value's number changes, so
 * another host may number each key's writes apart; there a number that was not read must not be used (see guess.ts).
 */
let together: bool = false;

export function areNumberedTogether(): bool {
  return together;
}

const ROUNDS: i32 = 8;

/**
 * While a configuration is taken in, the first of which nobody else is there for: two keys are written in turns, and each
 * number must be higher than the one before. Numbers that count each key's own writes cannot be: from one round to the next
 * they grow by one, and the other key's had to lie between.
 */
export function learnNumbering(): void {
  const result = name('numbering');
  let known = shared(result.at, result.length);
  if (!known) {
    const found = request.zeroed(1);
    store<u8>(found, growTogether() ? 1 : 0);
    share(result.at, result.length, found, 1, 0);
    known = shared(result.at, result.length);
  }
  together = known != null && known.length == 1 && load<u8>(known.at) == 1;
}

function growTogether(): bool {
  let last: u32 = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const key = name(i & 1 ? 'odd' : 'even');
    if (!share(key.at, key.length, 0, 0, 0)) return false;
    const value = shared(key.at, key.length);
    if (!value || value.cas <= last) return false;
    last = value.cas;
  }
  return true;
}

function name(part: Slice): Slice {
  return Writer.in(request, 32).text('numbering ').text(part).done();
}
