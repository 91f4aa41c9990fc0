import { Level, Writer, log, logs, request } from 'proxy-wasm';
import { countClosed, countHalfOpened, countOpened } from './changes';
import { COUNTS, Change } from './circuit';
import { Breaker } from './policy';

const MS_NS: u64 = 1000000;

/** Changes are rare, by the backoff at most one in `open.for`, and each is worth a line at the level Envoy logs by default. */
export function announce(breaker: Breaker, change: Change, openNs: u64): void {
  if (change <= Change.COUNTED) return;
  if (change == Change.CLOSED) countClosed();
  else countOpened();
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
  countHalfOpened();
  if (logs(Level.INFO)) log(Level.INFO, begin(breaker).text('half open').done());
}

function begin(breaker: Breaker): Writer {
  return Writer.in(request).text('breaker ').text(breaker.label).byte(0x20);
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
