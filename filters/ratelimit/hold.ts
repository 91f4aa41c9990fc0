import { allocate, enter, free, heapArena, make, monotonicNs, sliceOf } from 'proxy-wasm';
import { Algorithm, Rate } from './bucket';
import { Claim } from './claim';
import { Place } from './claim-base';
import { beginTurn } from './copies';
import { FINGERPRINT_BYTES } from './key';
import { Limit } from './policy';

/**
 * A place that a stream holds until it ends. It knows by itself where it was counted: the configuration that it was let in
 * by may be gone by then. As many are on the heap as streams are under way, which the limits themselves bound.
 *
 *   ┌─────┬──────┬─────────────┬─────────────────────┐
 *   │ own │ Hold │ fingerprint │ name of shared data │
 *   └─────┴──────┴─────────────┴─────────────────────┘
 */
@unmanaged
class Hold {
  next: usize;
  stream: u32;
  limit: u32;
  chain: u32;
  place: Place;
  nameLength: i32;
  t: u64;
}

/** Chains by the last bits of the stream's id, which counts up: streams spread evenly. */
const HEADS: u32 = 1024;
const heads: usize = memory.data(4096, 4);
let count: u32 = 0;

export function hold(stream: u32, claim: Claim): void {
  const name = claim.limit.shared;
  const at = allocate(offsetof<Hold>() + FINGERPRINT_BYTES + name.length);
  const made = changetype<Hold>(at);
  made.stream = stream;
  made.limit = claim.limit.id;
  made.chain = claim.chainNumber;
  made.place = claim.place;
  made.nameLength = name.length;
  made.t = claim.t;
  memory.copy(at + offsetof<Hold>(), claim.fingerprint, FINGERPRINT_BYTES);
  memory.copy(at + offsetof<Hold>() + FINGERPRINT_BYTES, name.at, name.length);
  made.next = load<usize>(headOf(stream));
  store<usize>(headOf(stream), at);
  count++;
}

/** The end of a stream, whatever brought it about: what it held is free. */
export function endHolds(stream: u32): void {
  if (!count) return;
  let entered = false;
  let before = headOf(stream);
  for (let at = load<usize>(before); at;) {
    const held = changetype<Hold>(at);
    const next = held.next;
    if (held.stream == stream) {
      if (!entered) enter();
      entered = true;
      end(held);
      store<usize>(before, next);
      free(at);
      count--;
    } else before = at + offsetof<Hold>('next');
    at = next;
  }
}

function end(held: Hold): void {
  const fingerprint = changetype<usize>(held) + offsetof<Hold>();
  const limit = endedLimit();
  limit.shared.at = fingerprint + FINGERPRINT_BYTES;
  limit.shared.length = held.nameLength;
  limit.id = held.limit;
  beginTurn();
  const claim = Claim.of(null, limit, fingerprint, monotonicNs());
  claim.chainNumber = held.chain;
  claim.place = held.place;
  claim.t = held.t;
  claim.giveBack();
}

/** Giving back needs no more of a limit than its name, its number, and that it counts calls in flight. */
let ended: usize = 0;

function endedLimit(): Limit {
  if (!ended) {
    const arena = heapArena();
    const limit = make<Limit>(arena);
    limit.rate = make<Rate>(arena);
    limit.rate.algorithm = Algorithm.FLIGHT;
    limit.shared = sliceOf(arena, 0, 0);
    ended = changetype<usize>(limit);
  }
  return changetype<Limit>(ended);
}

function headOf(stream: u32): usize {
  return heads + ((stream & (HEADS - 1)) << 2);
}
