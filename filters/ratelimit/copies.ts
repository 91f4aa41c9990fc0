import { allocate, free, make, request, share, shared } from 'proxy-wasm';
import { Chain, HEAD_BYTES } from './chain';
import { Limit } from './policy';
import { AGE_NS_MAX, afterRead, beforeRead, guessed, recordGuess, shallGuess } from '../shared-copy/guess';
import { sharedKey } from './ledger';

/** A chain as this worker last read or wrote it (shared-copy/guess.ts says why, and why it is right to). */
@unmanaged
export class Copy extends Chain {
  limit: u32;
  number: u32;
  /** Memory at `at`. */
  private room: i32;
  /** Whether the memory is the table's, and the heap's, rather than the request's. */
  private kept: bool;
  private guessed: bool;
  /** With which it may be replaced; 0 when it says nothing any more. */
  cas: u32;
  private turn: u32;
  /** When it was read or written (monotonic ns). */
  private since: u64;

  /** As the host has it; false when it does not. */
  read(limit: Limit, now: u64): bool {
    this.cas = 0;
    beforeRead(now);
    const value = shared(sharedKey(limit, this.number), limit.shared.length);
    if (!value || value.length < HEAD_BYTES) return false;
    afterRead(now);
    this.length = 0;
    this.need(value.length);
    memory.copy(this.at, value.at, value.length);
    this.length = value.length;
    this.cas = value.cas;
    this.guessed = false;
    this.since = now;
    return true;
  }

  /** False when somebody else wrote it since; then nothing that was changed here counts. */
  write(limit: Limit, now: u64): bool {
    const key = sharedKey(limit, this.number);
    const taken = share(key, limit.shared.length, this.at, this.length, this.cas);
    if (this.guessed) recordGuess(taken, this.since);
    this.guessed = true;
    this.cas = taken ? guessed(key, limit.shared.length, now) : 0;
    this.since = now;
    return taken;
  }

  /** Makes sure of memory for so many bytes more, of which some are there without asking. */
  need(bytes: i32): void {
    const length = this.length + bytes;
    if (length <= this.room) return;
    const room = length + (length >> 1) + SPARE_BYTES;
    const keep = this.limit != 0 && room <= KEPT_BYTES_MAX;
    const at = keep ? allocate(room) : request.take(room);
    memory.copy(at, this.at, this.length);
    if (this.kept) free(this.at);
    // The request's memory is gone with the request, and so must be what the table says of it.
    if (!keep) this.limit = 0;
    this.kept = keep;
    this.at = at;
    this.room = room;
  }

  /** Whether its next write may be tried without asking. */
  fresh(now: u64): bool {
    return this.cas != 0 && now < this.since + AGE_NS_MAX;
  }

  /** Takes a place of the table over. */
  begin(limit: u32, number: u32): void {
    if (!this.kept) this.room = 0;
    this.limit = limit;
    this.number = number;
    this.length = 0;
    this.cas = 0;
    this.turn = turn;
  }

  static of(limit: Limit, number: u32): Copy {
    const hash = (limit.id * 0x9e3779b1) ^ (number * 0x85ebca6b);
    const kept = changetype<Copy>(TABLE + <usize>((hash ^ (hash >> 15)) & (COPIES - 1)) * offsetof<Copy>());
    if (kept.limit == limit.id && kept.number == number) {
      kept.turn = turn;
      return kept;
    }
    // Another limit of the same call may stand there, and is not done with it.
    const copy = kept.turn == turn ? make<Copy>(request) : kept;
    copy.begin(copy == kept ? limit.id : 0, number);
    return copy;
  }
}

/** Copies that a worker keeps at most. More are read again. */
const COPIES: u32 = 1024;
/** Larger ones, of windows with many marks, are read again each time. */
const KEPT_BYTES_MAX: i32 = 8192;
const SPARE_BYTES: i32 = 64;
/** COPIES of them, and a few bytes to spare. */
const TABLE: usize = memory.data(49152, 8);

let turn: u32 = 1;

/** A call begins: the copies that it asks for stay apart until the next one does. */
export function beginTurn(): void {
  turn++;
}

/** This worker's copy of a chain, if there is one and a write that is based on it is likely to be taken; else null. */
export function likelyCopy(limit: Limit, number: u32, now: u64): Copy | null {
  const copy = Copy.of(limit, number);
  if (!copy.fresh(now)) return null;
  return shallGuess() ? copy : null;
}

/** The chain as the host has it; null when it has none. */
export function readCopy(limit: Limit, number: u32, now: u64): Copy | null {
  const copy = Copy.of(limit, number);
  return copy.read(limit, now) ? copy : null;
}
