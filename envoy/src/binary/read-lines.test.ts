import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { limits } from './limits.js';
import { readLines } from './read-lines.js';

async function linesOf(...pieces: (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  for (const piece of pieces) stream.write(piece);
  await finished(stream.end());
  return lines;
}

test('lines come whole, however the stream is cut, the last one without its newline too', async () => {
  assert.deepEqual(await linesOf('a', 'b\nc', '\n', '\nd'), ['ab', 'c', '', 'd']);
  const bytes = Buffer.from('né\n');
  assert.deepEqual(await linesOf(bytes.subarray(0, 2), bytes.subarray(2)), ['né']);
});

test('nothing but a newline ends a line', async () => {
  assert.deepEqual(await linesOf('a\u2028b\u2029c\rd\u0085e\vf\n'), ['a\u2028b\u2029c\rd\u0085e\vf']);
});

test('a line that is too long is cut, and the next one is whole', async () => {
  const long = 'x'.repeat(limits.lineCharsMax);
  assert.deepEqual(await linesOf(long, 'y', `y\nz\n${long}y\nz`), [long, 'z', long, 'z']);
});
