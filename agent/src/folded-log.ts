import { formatLogLine, type LogLine } from '@tollgate/host-sim';

/** Passes log lines on; what is said again and again is said once, and how often it came again before anything else is said. */
export function foldedLog(log: (line: string) => void): (line: LogLine) => void {
  let last = '';
  let repeats = 0;
  return (line) => {
    const text = formatLogLine(line);
    if (text === last) {
      repeats++;
      // A filter may say nothing else for hours: at each power of two it is told how far that went.
      if (Number.isInteger(Math.log2(repeats))) log(`… ${times(repeats)}`);
      return;
    }
    last = text;
    repeats = 0;
    log(text);
  };
}

const times = (count: number) => `the same ${count === 1 ? 'once' : `${count.toLocaleString('en')} times`} more`;
