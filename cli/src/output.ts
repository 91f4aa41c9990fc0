import { errorCodes, TollgateError } from '@tollgate/model';
import { type FileMistake, formatMistake } from '@tollgate/policies';
import { coloured } from './colours.js';

/** Where a command's words go. `--json` turns every result into one JSON line a script can read. */
export interface Output {
  json: boolean;
  /** A result, on standard output. */
  result(text: string, data: unknown): void;
  /** What is being done, on standard error. */
  progress(text: string): void;
  /** What a person should know although all goes on. */
  warn(text: string): void;
}

export function output(json: boolean): Output {
  return {
    json,
    result: (text, data) => process.stdout.write(json ? `${JSON.stringify(data)}\n` : text === '' ? '' : `${text}\n`),
    progress: (text) => process.stderr.write(`${text}\n`),
    warn: (text) => process.stderr.write(`${coloured(process.stderr, 'yellow', 'warning:')} ${text}\n`),
  };
}

/** The input is wrong: all mistakes at once. The command ends with status 1. */
export class Mistakes extends Error {
  constructor(readonly mistakes: readonly FileMistake[]) {
    super(`${mistakes.length} mistakes`);
  }
}

/** Says what went wrong and gives the exit status. */
export function reportFailure(thrown: unknown, json: boolean): number {
  if (thrown instanceof Mistakes) {
    if (json) process.stdout.write(`${JSON.stringify({ valid: false, mistakes: thrown.mistakes })}\n`);
    else for (const mistake of thrown.mistakes) process.stderr.write(`${formatMistake(mistake)}\n`);
    return 1;
  }
  const error = TollgateError.from(thrown);
  if (json)
    process.stdout.write(
      `${JSON.stringify({ error: error.code, message: error.rawMessage, details: error.details })}\n`,
    );
  else
    process.stderr.write(
      `${[`${coloured(process.stderr, 'red', 'tollgate:')} ${error.rawMessage}`, ...error.details.map((line) => `  ${line}`)].join('\n')}\n`,
    );
  if (error.code === 'internal' && error.cause instanceof Error && process.env.TOLLGATE_DEBUG)
    process.stderr.write(`${error.cause.stack}\n`);
  return errorCodes[error.code].exit;
}
