import { explain } from '../run-scenario.js';
import type { Reporter } from './reporter.js';
import { titleOf } from './reporter.js';

/** Test Anything Protocol, version 13. */
export function tapReporter(): Reporter {
  let number = 0;
  const details = (text: readonly string[]) => ['  ---', '  message: |', ...text.map((line) => `    ${line}`), '  ...'];
  // The plan may come last, when it is known how many there were.
  const end = () => [`1..${number}`];
  return {
    begin: () => ['TAP version 13'],
    result: (result) =>
      result.parts.flatMap((part) => {
        number++;
        const title = `${part.status === 'failed' ? 'not ok' : 'ok'} ${number} - ${escapeTap(titleOf(result, part))}`;
        if (part.status === 'skipped') return [`${title} # SKIP ${escapeTap(part.reason ?? '')}`];
        if (part.status === 'passed') return [title];
        const text = explain(part).flatMap((line) => line.split('\n'));
        return [title, ...details(text)];
      }),
    end,
    broken: (unplayed) => [
      ...unplayed.flatMap(({ name, why }) => [`not ok ${++number} - ${escapeTap(name)}`, ...details(why)]),
      ...end(),
    ],
  };
}

const escapeTap = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('#', '\\#');
