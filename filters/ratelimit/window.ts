import { Rate } from './bucket';
import { Marks } from './marks';

/**
 * A sliding window remembers when its calls came, and admits one while fewer than `requests` of those before it are younger
 * than `per`. Up to EXACT_MAX requests every moment is remembered as it is. Of more, the calls of one of CELLS equal parts
 * of `per` share a mark that bears the time of the last: all of them leave together, none too soon and none later than it
 * should by more than per / CELLS, so that what is refused too early stays below 1 %.
 *
 *   calls    | |   | |          || |      |          CELLS cells to a period; a call of this moment looks back
 *   cells  ──┴─────┴─────┴─────┴─────┴─────┴──       over one period, and sees the marks in it
 *   marks       2     2           3       1
 */
const EXACT_MAX: u64 = 128;
const CELLS: u64 = 128;

/**
 * More marks than a window of its own making can have (CELLS and the two that are cut at its ends): only pushes of other
 * numbers lead there. Then the newest mark takes in what comes: memory stays bounded, and nothing leaves too soon.
 */
const MARKS_MAX: u64 = 192;

/** Forgets what is a whole period ago: a period includes its beginning and not its end. */
export function settleWindow(budget: Marks, rate: Rate, now: u64): void {
  let gone: u64 = 0;
  while (gone < budget.marks && leavesAt(budget, gone, rate) <= now) gone++;
  if (gone) budget.remove(0, gone);
}

/** Marks stay in the order of their moments, also when another worker's clock was read a little later than this one's. */
export function addToWindow(budget: Marks, rate: Rate, amount: u64, now: u64): u64 {
  if (!budget.marks) {
    budget.append(now, amount);
    return now;
  }
  const last = budget.mark(budget.marks - 1);
  const t = max(now, last.t);
  if (t == last.t || budget.marks >= MARKS_MAX || sharesCell(rate, last.t, t)) {
    last.t = t;
    last.amount += amount;
  } else budget.append(t, amount);
  return t;
}

/** The mark that took in the moment `t` is the first that is not before it: taking in moves a mark's moment on. */
export function takeFromWindow(budget: Marks, amount: u64, t: u64): void {
  for (let i: u64 = 0; i < budget.marks; i++) {
    const mark = budget.mark(i);
    if (mark.t < t) continue;
    if (mark.amount > amount) mark.amount -= amount;
    else budget.remove(i, 1);
    return;
  }
}

/** Until so many have left that the amount fits. */
export function windowWaitNs(budget: Marks, rate: Rate, amount: u64, now: u64): u64 {
  const spent = budget.spent;
  let left: u64 = 0;
  for (let i: u64 = 0; i < budget.marks; i++) {
    left += budget.mark(i).amount;
    if (spent - left + amount <= rate.capacity) return until(leavesAt(budget, i, rate), now);
  }
  return 0;
}

export function windowResetNs(budget: Marks, rate: Rate, now: u64): u64 {
  return until(leavesAt(budget, budget.marks - 1, rate), now);
}

function leavesAt(budget: Marks, index: u64, rate: Rate): u64 {
  return budget.mark(index).t + rate.perNs;
}

function sharesCell(rate: Rate, before: u64, t: u64): bool {
  if (rate.requests <= EXACT_MAX) return false;
  const cellNs = rate.perNs / CELLS;
  return before / cellNs == t / cellNs;
}

function until(moment: u64, now: u64): u64 {
  return moment > now ? moment - now : 0;
}
