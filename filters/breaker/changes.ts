import { Writer, counter, increment, metricValue, request } from 'proxy-wasm';

let openedId: u32 = 0;
let halfOpenedId: u32 = 0;
let closedId: u32 = 0;
let changesId: u32 = 0;

/** So that they stand in the statistics before the first change. Each definition is a new id, so once in a VM. */
export function defineChanges(): void {
  if (openedId) return;
  openedId = counter(Writer.in(request).text('tollgate.breaker.opened').done());
  halfOpenedId = counter(Writer.in(request).text('tollgate.breaker.half_opened').done());
  closedId = counter(Writer.in(request).text('tollgate.breaker.closed').done());
  changesId = counter(Writer.in(request).text('tollgate.breaker.changes').done());
}

/** Whether the host counts them. */
export function countsChanges(): bool {
  return changesId != 0;
}

/** How often any circuit of the process changed its phase, or counted a failure. */
export function changesSoFar(): u64 {
  return metricValue(changesId);
}

/** To be called behind the write: who sees the old number then may have read what was there before. */
export function countChange(): void {
  increment(changesId);
}

export function countOpened(): void {
  increment(openedId);
}

export function countHalfOpened(): void {
  increment(halfOpenedId);
}

export function countClosed(): void {
  increment(closedId);
}
