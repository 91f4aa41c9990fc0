import { type LogLine, parseLogLine } from './log-line.js';

/**
 * Reads what Envoy writes to standard error, and leaves out what requests carried. When Envoy crashes it writes, through
 * its log, the signal and the backtrace; then, past its log, the streams of the thread: every header, the path, the bytes
 * that were just read.
 *
 *   critical|backtrace|Caught Aborted, suspect faulting address 0x23f2
 *   critical|backtrace|#0: [0x7fee7393c050]
 *   ActiveStream 0x1394ff76e700, stream_id_: 16252809907882242240&filter_manager_:
 *     filter_manager_callbacks_.requestHeaders():
 *       'authorization', 'Bearer …
 *
 * So of a crash only the backtrace passes, and only up to the first line past the log: what follows is written piece by
 * piece, and a line of another thread between two pieces could lend its form to a piece. Whatever else is past the log,
 * once that has begun, is left out too.
 */
export class LogReader {
  #state: State = 'starting';
  #told = false;

  /** Nothing where the line is left out. */
  read(text: string): LogLine | undefined {
    const line = parseLogLine(text);
    // From before Envoy's log: a wrong option, a loader's complaint.
    if (!line && this.#state === 'starting') return { level: 'error', component: 'envoy', message: text };
    this.#state = next(this.#state, line);
    if (line && (this.#state === 'logging' || (this.#state === 'crashed' && isBacktrace(line)))) return line;
    if (this.#told) return undefined;
    this.#told = true;
    return {
      level: 'warning',
      component: 'backtrace',
      message: 'part of what Envoy wrote is left out, because it can contain data from requests',
    };
  }
}

type State = 'starting' | 'logging' | 'crashed' | 'silent';

function next(state: State, line: LogLine | undefined): State {
  if (!line) return state === 'crashed' ? 'silent' : state;
  if (state === 'crashed' || state === 'silent') return state;
  return isBacktrace(line) ? 'crashed' : 'logging';
}

export function isBacktrace({ component }: LogLine): boolean {
  return component === 'backtrace';
}
