/**
 * The calls of this worker that a breaker let through and whose outcome is not known yet: one record for each breaker
 * that a call passed, in a table with open addressing by the stream's id, so that a call costs no allocation and one that
 * lasts long is not overwritten by newer ones.
 */
@unmanaged
export class Pending {
  /** 0 for a free place: streams count from 1. */
  stream: u32;
  /** The plugin's root context, in whose configuration the breaker is looked up again. */
  root: u32;
  breaker: u64;
  /** When the request was complete; while it is not, when it began. */
  sinceNs: u64;
  deadline: u64;
  generation: u32;
  probe: i32;
  /** All of the request is through. */
  complete: bool;
  /** The head of the answer is there, and the outcome will be in its trailers. */
  answered: bool;
  slow: bool;
}

/** More calls than that on one worker are let through uncounted: the ones that are counted say enough. */
export const PENDING_MAX: u32 = 4096;
/** A table that is fuller makes every search long. */
const PLACES: u32 = PENDING_MAX * 2;
/** The fields of a record, and room up to where the next may hold a u64. */
const RECORD_BYTES: usize = 48;
const TABLE: usize = memory.data(393216, 8);

let size: u32 = 0;

/** A new record for a stream; null when there are too many. */
export function addPending(stream: u32): Pending | null {
  if (size >= PENDING_MAX) return null;
  size++;
  let at = home(stream);
  while (place(at).stream) at = next(at);
  const pending = place(at);
  memory.fill(changetype<usize>(pending), 0, offsetof<Pending>());
  pending.stream = stream;
  return pending;
}

/** The n-th record of a stream, from 0; null when it has no more. */
export function pendingOf(stream: u32, nth: i32): Pending | null {
  if (!size) return null;
  for (let at = home(stream); place(at).stream; at = next(at)) {
    if (place(at).stream == stream && nth-- == 0) return place(at);
  }
  return null;
}

/** Those behind it move up, so that no search ends too early. Records of one stream keep their order. */
export function removePending(pending: Pending): void {
  let hole = <u32>((changetype<usize>(pending) - TABLE) / RECORD_BYTES);
  for (let at = next(hole); place(at).stream; at = next(at)) {
    // It may move only if its home does not lie between the hole and itself.
    if (distance(home(place(at).stream), at) < distance(hole, at)) continue;
    memory.copy(changetype<usize>(place(hole)), changetype<usize>(place(at)), offsetof<Pending>());
    hole = at;
  }
  place(hole).stream = 0;
  size--;
}

function place(index: u32): Pending {
  return changetype<Pending>(TABLE + <usize>index * RECORD_BYTES);
}

function home(stream: u32): u32 {
  return (stream * 0x9e3779b1) & (PLACES - 1);
}

function next(index: u32): u32 {
  return (index + 1) & (PLACES - 1);
}

function distance(from: u32, to: u32): u32 {
  return (to - from) & (PLACES - 1);
}
