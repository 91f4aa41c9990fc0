import { TRACE_LINES_MAX } from '../limits.js';

/** What happened to one stream, in order: callbacks, host calls with their results, log lines, and the host's own acts. */
export class Trace {
  readonly lines: string[] = [];

  constructor(readonly enabled: boolean) {}

  write(line: string): void {
    if (!this.enabled) return;
    if (this.lines.length < TRACE_LINES_MAX) this.lines.push(line);
    else if (this.lines.length === TRACE_LINES_MAX) this.lines.push('… the rest is left out');
  }
}
