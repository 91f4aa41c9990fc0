import { LOG_LINES_MAX } from '../limits.js';

/** In the order of the ABI: the index is the level's number. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line that a filter, or the host on its behalf, wrote. */
export interface LogLine {
  level: LogLevel;
  message: string;
  /** The plugin's name, or '' for lines of the host about a VM. */
  plugin: string;
  /** `main` or the worker's number. */
  thread: string;
}

export const formatLogLine = (line: LogLine): string =>
  `[${line.level}] ${line.plugin ? `${line.plugin}: ` : ''}${line.message}`;

/** Collects the lines at and above a level and passes them on. */
export class Log {
  readonly lines: LogLine[] = [];
  readonly level: LogLevel;
  readonly #listeners = new Set<(line: LogLine) => void>();

  constructor(
    level: LogLevel,
    private readonly linesMax: number = LOG_LINES_MAX,
  ) {
    this.level = level;
  }

  get levelNumber(): number {
    return LOG_LEVELS.indexOf(this.level);
  }

  write(line: LogLine): void {
    if (LOG_LEVELS.indexOf(line.level) < this.levelNumber) return;
    this.lines.push(line);
    // Many at once: to take one from the front costs as much as all of them.
    if (this.lines.length > this.linesMax) this.lines.splice(0, Math.ceil(this.linesMax / 10));
    for (const listener of this.#listeners) listener(line);
  }

  /** Calls `listener` for each line from now on; the answer stops that. */
  listen(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
