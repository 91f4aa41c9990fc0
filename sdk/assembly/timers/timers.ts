import { monotonicNs } from '../hostcalls/clock';
import { setTickPeriod } from '../hostcalls/tick';

/** Timers of one VM; one more is refused. */
const TIMERS_MAX: u32 = 64;
const NS_PER_MS: u64 = 1_000_000;
/** Longest time that the next tick is away: a day, as the host counts the period in a 32-bit number of ms. */
const TICK_MS_MAX: u64 = 86_400_000;


@unmanaged
class Timer {
  /** When it is due, ns of the monotonic clock. */
  due: u64;
  data: u64;
  /** 0 where the slot is free. */
  id: u32;
  root: u32;
  /** 0 for a timer that runs once. */
  periodMs: u32;
  /** The handler. A function is an object in static memory, which no collector moves or frees. */
  handler: usize;
}

const timers: usize = memory.data(2048, 8);
let last: u32 = 0;

/**
 * Runs `handler(data)` once, `delayMs` from now. `root` is the id of the plugin, to which the running callback must
 * belong; its `onTick` must call `runTimers`. Returns the timer's id for `stopTimer`, or 0 if 64 timers are running.
 *
 * Each VM has its own timers, the main thread's too. In the handler the plugin is the effective context.
 */
export function startTimer(root: u32, delayMs: u32, handler: (data: u64) => void, data: u64 = 0): u32 {
  return start(root, delayMs, 0, handler, data);
}

/**
 * Runs `handler(data)` every `periodMs` (at least 1). If a handler runs late, the next one is still a period after this
 * one was due, or from now if that has passed.
 */
export function startPeriodicTimer(root: u32, periodMs: u32, handler: (data: u64) => void, data: u64 = 0): u32 {
  const period = max<u32>(periodMs, 1);
  return start(root, period, period, handler, data);
}

/** Stops a timer; false if it was not running any more. */
export function stopTimer(id: u32): bool {
  for (let i: u32 = 0; id && i < TIMERS_MAX; i++) {
    if (slot(i).id != id) continue;
    slot(i).id = 0;
    schedule(slot(i).root);
    return true;
  }
  return false;
}

/** Stops all timers of a plugin that has ended. */
export function stopTimersOf(root: u32): void {
  for (let i: u32 = 0; i < TIMERS_MAX; i++) {
    if (slot(i).root == root) slot(i).id = 0;
  }
}

/**
 * Runs the timers of a plugin that are due, each at most once. A handler may start and stop timers. Call it in
 * `onTick`.
 */
export function runTimers(root: u32): void {
  const now = monotonicNs();
  const newest = last;
  for (let i: u32 = 0; i < TIMERS_MAX; i++) {
    const timer = slot(i);
    // One that a handler started meanwhile waits for the next tick.
    if (!timer.id || timer.root != root || timer.due > now || <i32>(timer.id - newest) > 0) continue;
    const handler = changetype<(data: u64) => void>(timer.handler);
    const data = timer.data;
    const period = <u64>timer.periodMs * NS_PER_MS;
    if (!period) timer.id = 0;
    else timer.due = timer.due + period > now ? timer.due + period : now + period;
    handler(data);
  }
  schedule(root);
}

function start(root: u32, delayMs: u32, periodMs: u32, handler: (data: u64) => void, data: u64): u32 {
  for (let i: u32 = 0; i < TIMERS_MAX; i++) {
    const timer = slot(i);
    if (timer.id) continue;
    timer.id = ++last || ++last;
    timer.root = root;
    timer.due = monotonicNs() + <u64>delayMs * NS_PER_MS;
    timer.periodMs = periodMs;
    timer.handler = changetype<usize>(handler);
    timer.data = data;
    schedule(root);
    return timer.id;
  }
  return 0;
}

/** The next tick comes when the first timer is due, and none where no timer runs. */
function schedule(root: u32): void {
  let due = u64.MAX_VALUE;
  for (let i: u32 = 0; i < TIMERS_MAX; i++) {
    if (slot(i).id && slot(i).root == root) due = min(due, slot(i).due);
  }
  if (due == u64.MAX_VALUE) {
    setTickPeriod(0);
    return;
  }
  const now = monotonicNs();
  const waitMs = due > now ? (due - now + NS_PER_MS - 1) / NS_PER_MS : 1;
  setTickPeriod(<u32>min(max(waitMs, 1), TICK_MS_MAX));
}

function slot(index: u32): Timer {
  return changetype<Timer>(timers + <usize>index * offsetof<Timer>());
}
