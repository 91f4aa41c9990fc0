import { explain, type Part } from '../run-scenario.js';
import type { Reporter } from './reporter.js';
import { titleOf } from './reporter.js';

const marks = { passed: '✔', failed: '✖', skipped: '○' };

/** For people. `paint` gives a mark its colour, where there are colours. */
export function specReporter(paint = (_status: Part['status'], mark: string) => mark): Reporter {
  return {
    begin: () => [],
    result: (result) =>
      result.parts.flatMap((part) => [
        `${paint(part.status, marks[part.status])} ${titleOf(result, part)}${part.reason ? ` (skipped: ${part.reason})` : ''}`,
        ...explain(part).map((line) => `    ${line.replaceAll('\n', '\n    ')}`),
      ]),
    end: ({ passed, failed, skipped }) => [
      `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    ],
    // People read why on standard error.
    broken: () => [],
  };
}
