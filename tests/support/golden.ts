import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Holds a text against the file that was read and agreed. UPDATE_GOLDEN=1 writes the file anew. */
export function assertGolden(file: string, text: string): void {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  const agreed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  assert.equal(text, agreed, `${file} says something else, UPDATE_GOLDEN=1 writes it anew`);
}
