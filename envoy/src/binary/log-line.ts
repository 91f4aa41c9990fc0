/** What Envoy says, line by line. `component` is Envoy's logger (`wasm`, `config`), or `stdout` for access logs written there. */
export interface LogLine {
  level: LogLevel;
  component: string;
  message: string;
}

export const logLevels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Level, logger, message with its newlines escaped: one line each, and no time, which whoever prints it adds. */
export const logFormat = '%l|%n|%_';

const PATTERN = new RegExp(`^(${logLevels.join('|')})\\|([a-z0-9_.]+)\\|(.*)$`);

/** Undefined for what is not of the log. */
export function parseLogLine(text: string): LogLine | undefined {
  const [, level, component, message] = PATTERN.exec(text) ?? [];
  return level && component ? { level: level as LogLevel, component, message: message ?? '' } : undefined;
}

export function isComplaint({ level }: LogLine): boolean {
  return level === 'warning' || level === 'error' || level === 'critical';
}
