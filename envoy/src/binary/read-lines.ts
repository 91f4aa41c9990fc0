import type { Readable } from 'node:stream';
import { limits } from './limits.js';

/**
 * Takes a stream apart at its newlines and nowhere else: `node:readline` also ends a line at U+2028, with which a header's
 * value could begin a line of its own in the log. What is too long for a line is dropped, as it comes.
 */
export function readLines(stream: Readable | null, take: (line: string) => void): void {
  let line = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const [first = '', ...rest] = text.split('\n');
    add(first);
    for (const begun of rest) {
      take(line);
      line = '';
      add(begun);
    }
  });
  stream?.on('end', () => {
    if (line !== '') take(line);
  });
  function add(text: string): void {
    line += text.slice(0, limits.lineCharsMax - line.length);
  }
}
