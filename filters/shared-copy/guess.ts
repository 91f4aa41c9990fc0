import { forgetWritten, shared, writtenAtLeast } from 'proxy-wasm';
import { areNumberedTogether } from './numbering';

/**
 * To read a shared value again costs more than all the rest of a step, so a worker first tries to write what it makes of its
 * own copy: the host takes it only if nobody wrote the value since. For that it wants the number of the last write, which
 * the host does not tell a writer, and which is guessed: the number after the highest one that this worker knows of.
 *
 * Why no wrong guess gets through: numbers are given to all writes of the process one after the other, so our write got
 * the guessed number G or a higher one. If it got a higher one, somebody else's earlier write has G, and no later write of
 * this value can: the value never has the number G again, and the host refuses. It takes our next write exactly when the
 * value's last write is ours. (Numbers repeat after 2^32 writes: AGE_NS_MAX is too short for that.)
 */

/** Far less than 2^32 writes take. A copy that is older is read again. */
export const AGE_NS_MAX: u64 = 10000000000;
const PATIENCE_MAX: u32 = 64;

/** When the highest number was last seen to be real. */
let numberedAt: u64 = 0;
/** How many guesses to leave out, as other workers write so much that they fail; and how many after the next failure. */
let left: u32 = 0;
let patience: u32 = 1;
/**
 * A guess failed, and nothing since told the number of a write right behind it. To read the values again does not: where a
 * call writes three of them in turns, each is read with a number that three writes ago was the highest.
 */
let behind: bool = false;

/** To be called before a value is read. */
export function beforeRead(now: u64): void {
  if (now > numberedAt + AGE_NS_MAX) forgetWritten();
}

/** To be called when one was read, at this moment. */
export function afterRead(now: u64): void {
  numberedAt = now;
}

/** The number of this worker's write of a key that was just taken, if it is the value's last one at all; 0 where none can be told. */
export function guessed(key: usize, keyLength: i32, now: u64): u32 {
  if (!areNumberedTogether()) return 0;
  if (behind && !left) {
    // Whose write it says is not sure, so for this value it is no guess. For the ones that are written next it is the start.
    behind = false;
    if (shared(key, keyLength)) numberedAt = now;
    return 0;
  }
  return now < numberedAt + AGE_NS_MAX ? writtenAtLeast() : 0;
}

/** Whether a guess is worth the try, as others seem to write little. Each time that it is not counts. */
export function shallGuess(): bool {
  if (!left) return true;
  left--;
  return false;
}

/** What came of a guess that was made at the moment `since`. */
export function recordGuess(taken: bool, since: u64): void {
  if (taken) {
    numberedAt = max(numberedAt, since);
    patience = 1;
  } else {
    behind = true;
    left = patience;
    patience = min(patience << 1, PATIENCE_MAX);
  }
}
