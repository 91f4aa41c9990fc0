import { Shared, Writer, allocate, fillRandom, free, request, setTickPeriod, share, shared } from 'proxy-wasm';

/**
 * Which VMs are alive: one shared value to which each of them, on a tick, adds when it was last seen. The calls of a VM that
 * trapped are never reported as ended; they are over when its lease is.
 *
 *   ┌──────────┬─────────┬──────────┬───
 *   │ VM       │ seen    │ VM       │ …    a random number; monotonic ns
 *   │ 8        │ 8       │ 8        │
 *   └──────────┴─────────┴──────────┴───
 */
const RECORD_BYTES: i32 = 16;
/**
 * For each listener that counts calls in flight the workers of an Envoy, and their predecessors of the last LEASE_NS. Beyond
 * it nobody could tell whose calls are over.
 */
const VMS_MAX: i32 = 4096;

const TICK_MS: u32 = 2000;
const BEAT_NS: u64 = 2000000000;
/** Five ticks. Shorter, and a worker that is held up for a moment would lose sight of its calls; longer, and a trap would hold places for longer. */
const LEASE_NS: u64 = 10000000000;

const ATTEMPTS_MAX: i32 = 1000;

const OWN: usize = memory.data(8, 8);
/** What was last read. Who was seen then lives until its lease is over, so that the list need not be read again. */
let known: usize = 0;
let knownRoom: i32 = 0;
let knownBytes: i32 = 0;
let knownAt: u64 = 0;
let seenAt: u64 = 0;

export function ownVm(): u64 {
  return load<u64>(OWN);
}

/** While a configuration is taken in: the value must be there before two workers could make it at once. */
export function registerVm(now: u64): void {
  if (!ownVm()) fillRandom(OWN, 8);
  const name = nameOf();
  if (!shared(name.at, name.length)) share(name.at, name.length, 0, 0, 0);
  beat(now);
  setTickPeriod(TICK_MS);
}

/** Says that this VM lives, where it is time to; false when that cannot be said. */
export function keepAlive(now: u64): bool {
  return seenAt != 0 && now < seenAt + BEAT_NS ? true : beat(now);
}

/** A VM is in the list before its first call is counted, so who is not there is gone. */
export function isAlive(vm: u64, now: u64): bool {
  if (vm == ownVm()) return true;
  if (isKnownAlive(vm, now)) return true;
  // It may have come, or been heard of, since the list was read.
  if (knownAt == now) return false;
  readVms(now);
  return isKnownAlive(vm, now);
}

function isKnownAlive(vm: u64, now: u64): bool {
  for (let at = known; at < known + <usize>knownBytes; at += RECORD_BYTES) {
    if (load<u64>(at) == vm) return load<u64>(at, 8) + LEASE_NS >= now;
  }
  return false;
}

export function beat(now: u64): bool {
  if (!ownVm()) return false;
  const name = nameOf();
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const value = shared(name.at, name.length);
    if (!value) return false;
    const to = request.take(value.length + RECORD_BYTES);
    const length = renewed(to, value, now);
    if (length > VMS_MAX * RECORD_BYTES) return false;
    if (!share(name.at, name.length, to, length, value.cas)) continue;
    seenAt = now;
    return true;
  }
  return false;
}

/** The list with this VM seen now, and without those whose lease is over. */
function renewed(to: usize, value: Shared, now: u64): i32 {
  let end = to;
  for (let at = value.at; at + RECORD_BYTES <= value.at + value.length; at += RECORD_BYTES) {
    if (load<u64>(at) == ownVm() || load<u64>(at, 8) + LEASE_NS < now) continue;
    memory.copy(end, at, RECORD_BYTES);
    end += RECORD_BYTES;
  }
  store<u64>(end, ownVm());
  store<u64>(end, now, 8);
  return <i32>(end + RECORD_BYTES - to);
}

function readVms(now: u64): void {
  const name = nameOf();
  const value = shared(name.at, name.length);
  knownBytes = value ? min(value.length, VMS_MAX * RECORD_BYTES) : 0;
  makeRoom(knownBytes);
  if (value) memory.copy(known, value.at, knownBytes);
  knownAt = now;
}

function makeRoom(bytes: i32): void {
  if (bytes <= knownRoom) return;
  if (known) free(known);
  knownRoom = bytes * 2;
  known = allocate(knownRoom);
}

function nameOf(): Writer {
  return Writer.in(request, 32).text('ratelimit vms');
}
