import { Rate } from './bucket';
import { Budget } from './budget';
import { Chain, HEAD_BYTES, budgetOf, nextEntry } from './chain';
import { EMPTY_KEY, FINGERPRINT_BYTES } from './key';
import { MARK_BYTES } from './marks';

/**
 * One budget for several consumers: a sliding window over all of them says whether there is anything left, and what each
 * asked for and got within the last period says who may have it. The chain of such a limit has an entry for the window
 * (EMPTY_KEY) and one for each consumer, whose memory of marks holds this instead:
 *
 *   ┌────────┬────────┬────────┬────────┬───
 *   │ newest │ weight │ cell 0 │ cell 1 │ …      a ring of CELLS; `newest` is the number of the latest, counted from the
 *   │ 8      │ 8      │ 8      │ 8      │        clock's beginning. In a cell: asked for (4), admitted (4)
 *   └────────┴────────┴────────┴────────┴───
 *
 * A period is PERIOD_CELLS cells: the one that has begun, whole ones, and of the oldest as much as the period still covers.
 */
const PERIOD_CELLS: u64 = 9;
const CELLS: u64 = 10;
const RECORD_MARKS: u64 = 6;
/** Counts are in these parts of a call, since of the oldest cell only a part counts. */
const UNIT: u64 = 64;

/** More that ask within a period share one record. Each costs every call of the limit a look. */
export const CONSUMERS_MAX: i32 = 128;

/** Of those that found no record; no fingerprint of a key begins like this. */
const OTHERS: usize = memory.data<u8>([0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 8);
const EMPTY: Budget = changetype<Budget>(memory.data(8, 8));
const RECORD: Budget = changetype<Budget>(memory.data(104, 8));

/** The entry of the window over all, settled; it is made where it is missing. Wants memory for `ROOM_BYTES`. */
export function windowEntry(chain: Chain, rate: Rate, now: u64): usize {
  const entry = chain.find(EMPTY_KEY);
  if (!entry) return chain.insert(EMPTY_KEY, EMPTY);
  chain.settle(entry, rate, now);
  return entry;
}

export const ROOM_BYTES: i32 = 2 * FINGERPRINT_BYTES + 2 * 8 + (<i32>RECORD_MARKS + 1) * MARK_BYTES;

/** The entry of a consumer; where it is missing it takes the place of one that has not asked for a period. */
export function recordEntry(chain: Chain, fingerprint: usize, rate: Rate, now: u64): usize {
  const known = chain.find(fingerprint);
  if (known) return known;
  let count = 0;
  for (let entry = firstRecord(chain); entry < chain.end;) {
    if (isIdle(entry, cellOf(rate, now))) chain.remove(entry);
    else {
      count++;
      entry = nextEntry(entry);
    }
  }
  if (count >= CONSUMERS_MAX) {
    const others = chain.find(OTHERS);
    if (others) return others;
    fingerprint = OTHERS;
  }
  RECORD.marks = RECORD_MARKS;
  return chain.insert(fingerprint, RECORD);
}

/** Counts an attempt of a consumer, and what of it was admitted. */
export function countAttempt(record: usize, weight: u32, asked: u64, admitted: u64, rate: Rate, now: u64): void {
  const at = cellAt(record, roll(record, cellOf(rate, now)));
  store<u64>(record, weight, WEIGHT);
  store<u32>(at, <u32>min<u64>(load<u32>(at) + asked, u32.MAX_VALUE), 0);
  store<u32>(at, <u32>min<u64>(load<u32>(at, 4) + admitted, u32.MAX_VALUE), 4);
}

/** Takes back what was admitted. */
export function takeBack(record: usize, amount: u64, rate: Rate, now: u64): void {
  const at = cellAt(record, roll(record, cellOf(rate, now)));
  store<u32>(at, <u32>(load<u32>(at, 4) - min<u64>(load<u32>(at, 4), amount)), 4);
}

/**
 * How many more calls a consumer of this weight may have, if it asks for `amount` now. Shares are weighted max-min: who asked
 * for no more than its part gets that; what is left is divided among the others by their weights, until nobody's part is
 * more than it asked for. A consumer may have what its own share still has, and beyond it what would be left over if all
 * others had theirs. (The window over all has the last word: the caller asks it as well.)
 */
export function shareLeft(chain: Chain, own: usize, weight: u32, amount: u64, rate: Rate, now: u64): u64 {
  // Of nothing there are no shares, and no weights to divide it by.
  if (!rate.requests) return 0;
  const cell = cellOf(rate, now);
  const part = oldestPart(rate, now);
  const budget = rate.requests * UNIT;
  let rest = budget;
  let weights: u64 = 0;
  store<u64>(own, weight, WEIGHT);
  for (let entry = firstRecord(chain); entry < chain.end; entry = nextEntry(entry)) {
    const more = entry == own ? amount * UNIT : 0;
    // What exceeds the whole budget changes no share, and would overflow.
    const asked = min(count(entry, cell, part, ASKED) + more, budget);
    store<u64>(demandOf(chain, entry), asked);
    if (asked) weights += load<u64>(entry, WEIGHT);
  }
  let unmet: u64 = 0;
  // Each round satisfies at least one consumer or is the last.
  for (let changed = true; changed;) {
    changed = false;
    for (let entry = firstRecord(chain); entry < chain.end; entry = nextEntry(entry)) {
      const asked = load<u64>(demandOf(chain, entry));
      if (!asked || asked * weights > load<u64>(entry, WEIGHT) * rest) continue;
      if (entry == own) return rate.requests;
      rest -= asked;
      weights -= load<u64>(entry, WEIGHT);
      unmet += lacking(asked, count(entry, cell, part, ADMITTED));
      store<u64>(demandOf(chain, entry), 0);
      changed = true;
    }
  }
  for (let entry = firstRecord(chain); entry < chain.end; entry = nextEntry(entry)) {
    if (entry == own || !load<u64>(demandOf(chain, entry))) continue;
    unmet += lacking((load<u64>(entry, WEIGHT) * rest) / weights, count(entry, cell, part, ADMITTED));
  }
  const share = (weight * rest + weights - 1) / weights;
  const ofOwn = lacking(share, count(own, cell, part, ADMITTED)) + UNIT - 1;
  const spent = budgetOf(chain.at + HEAD_BYTES).spent * UNIT;
  return max(ofOwn, lacking(budget, spent + unmet)) / UNIT;
}

function lacking(due: u64, got: u64): u64 {
  return due > got ? due - got : 0;
}

/** What consumers ask for, in UNITs, while shares are worked out; 0 once a consumer is satisfied. CONSUMERS_MAX, and the others. */
const DEMANDS: usize = memory.data(1032, 8);

/** Where a consumer's share alone refuses: until the oldest cell is over. */
export function shareWaitNs(rate: Rate): u64 {
  return rate.perNs / PERIOD_CELLS;
}

const NEWEST: usize = 24;
const WEIGHT: usize = 32;
const RING: usize = 40;
const RECORD_BYTES: usize = 120;
/** Of a cell's two counts. */
const ASKED: usize = 0;
const ADMITTED: usize = 4;

/** Records have one length, behind the window's entry. */
function firstRecord(chain: Chain): usize {
  return nextEntry(chain.at + HEAD_BYTES);
}

function demandOf(chain: Chain, entry: usize): usize {
  return DEMANDS + ((entry - firstRecord(chain)) / RECORD_BYTES) * 8;
}

function cellNs(rate: Rate): u64 {
  return max<u64>(rate.perNs / PERIOD_CELLS, 1);
}

/** From CELLS on, so that there is an older one for each of the ring also when the clock has just begun. */
function cellOf(rate: Rate, now: u64): u64 {
  return now / cellNs(rate) + CELLS;
}

/** Of the oldest cell, as much as the one that has begun does not have yet. */
function oldestPart(rate: Rate, now: u64): u64 {
  return ((cellNs(rate) - (now % cellNs(rate))) * UNIT) / cellNs(rate);
}

function cellAt(record: usize, cell: u64): usize {
  return record + RING + <usize>(cell % CELLS) * 8;
}

/** In UNITs: ASKED or ADMITTED within the last period. */
function count(record: usize, now: u64, part: u64, field: usize): u64 {
  if (isIdle(record, now)) return 0;
  const newest = load<u64>(record, NEWEST);
  const cell = max(now, newest);
  let sum: u64 = 0;
  for (let age: u64 = cell - newest; age < CELLS; age++) {
    sum += load<u32>(cellAt(record, cell - age) + field) * (age == PERIOD_CELLS ? part : UNIT);
  }
  return sum;
}

/** Clears the cells that begin, and returns which has begun: another worker's clock may have been read a little later. */
function roll(record: usize, cell: u64): u64 {
  const newest = load<u64>(record, NEWEST);
  if (isIdle(record, cell)) memory.fill(record + RING, 0, <usize>CELLS * 8);
  else {
    if (newest >= cell) return newest;
    for (let next = newest + 1; next <= cell; next++) store<u64>(cellAt(record, next), 0);
  }
  store<u64>(record, cell, NEWEST);
  return cell;
}

/** Nothing within the last period; also where the numbers are those of another period's cells, before a push. */
function isIdle(record: usize, cell: u64): bool {
  const newest = load<u64>(record, NEWEST);
  return newest > cell ? newest - cell >= CELLS : cell - newest >= CELLS;
}
