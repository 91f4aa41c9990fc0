import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readPolicyFiles } from './directory.js';
import { FileChecker } from './file-checker.js';
import { formatMistake } from './file-mistake.js';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-encodings-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'p.yaml');

function mistakesOf(bytes: string | Buffer, checker = new FileChecker()): string[] {
  writeFileSync(file, bytes);
  return checker
    .check(readPolicyFiles([file]))
    .flatMap(({ mistakes }) => mistakes.map((each) => formatMistake(each).replace(`${folder}/`, '')));
}

const text = 'apiVersion: tollgate.dev/v1\nkind: Service\nmetadata: {name: a, labels: {b: "Zürich"}}\n';

test('a file in another encoding is refused where it is none of UTF-8', () => {
  const says = (place: string) => [`p.yaml:${place} is not UTF-8 from here on: save the file as UTF-8`];
  assert.deepEqual(mistakesOf(Buffer.from(text, 'latin1')), says('3:35'));
  assert.deepEqual(mistakesOf(Buffer.from(text, 'utf16le')), says('1:2'));
  assert.deepEqual(mistakesOf(Buffer.from(`\uFEFF${text}`, 'utf16le')), says('1:1'));
  // A character that is cut off at the end.
  assert.deepEqual(mistakesOf(Buffer.from(`${text}# é`).subarray(0, -1)), says('4:3'));
});

test('UTF-8 is taken, with a mark at its beginning or without, and with U+FFFD that somebody wrote', () => {
  for (const right of [text, `\uFEFF${text}`, text.replace('ü', '\uFFFD')]) assert.deepEqual(mistakesOf(right), []);
});

test('a file that was in another encoding is looked at again', () => {
  const checker = new FileChecker();
  assert.equal(mistakesOf(Buffer.from(text, 'latin1'), checker).length, 1);
  // Decoded, it is the same text.
  assert.deepEqual(mistakesOf(text.replace('ü', '\uFFFD'), checker), []);
  assert.equal(mistakesOf(Buffer.from(text, 'latin1'), checker).length, 1);
});
