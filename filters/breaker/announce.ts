import { Level, log, logs } from 'proxy-wasm/assembly/hostcalls/log';
import { count, counter, metricValue } from 'proxy-wasm/assembly/hostcalls/metric';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';
import { COUNTS, Change } from './circuit';
import { Breaker } from './policy';

const MS_NS: u64 = 1000000;

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
  count(changesId);
}

/** Changes are rare, by the backoff at most one in `open.for`, and each is worth a line at the level Envoy logs by default. */
export function announce(breaker: Breaker, change: Change, openNs: u64): void {
  if (change <= Change.COUNTED) return;
  count(change == Change.CLOSED ? closedId : openedId);
  if (!logs(Level.INFO)) return;
  const line = begin(breaker);
  if (change == Change.CLOSED) line.text('closed: ').decimal(breaker.trip.probes).text(' of its probes succeeded');
  else
    writeWhy(
      line
        .text('opened for ')
        .decimal(openNs / MS_NS)
        .text(' ms: '),
      breaker,
      change,
    );
  log(Level.INFO, line.done());
}

export function announceHalfOpen(breaker: Breaker): void {
  count(halfOpenedId);
  if (logs(Level.INFO)) log(Level.INFO, begin(breaker).text('half open').done());
}

function begin(breaker: Breaker): Writer {
  return Writer.in(request).text('breaker ').slice(breaker.label).byte(0x20);
}

function writeWhy(line: Writer, breaker: Breaker, change: Change): void {
  const trip = breaker.trip;
  if (change == Change.OPENED_PROBE) line.text('a probe failed');
  else if (change == Change.OPENED_CONSECUTIVE) line.decimal(trip.consecutive).text(' failures in a row');
  else {
    const slow = change == Change.OPENED_SLOW;
    line
      .decimal(slow ? COUNTS.slow : COUNTS.failures)
      .text(' of ')
      .decimal(COUNTS.calls);
    if (slow)
      line
        .text(' calls took ')
        .decimal(trip.slowNs / MS_NS)
        .text(' ms or longer');
    else line.text(' calls failed');
    line
      .text(' within ')
      .decimal(trip.windowNs / MS_NS)
      .text(' ms');
  }
}
