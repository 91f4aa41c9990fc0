import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kept } from './kept.js';

test('something is made once of the same parts, and anew of others, more or fewer, or for others', () => {
  const kept = new Kept<number>();
  let made = 0;
  const make = () => ++made;
  const [a, b, owner, subject] = [{}, {}, {}, {}];
  const numbers = [[a, b], [a, b], [b, a], [a], [a, b, b], [a], []].map((parts) =>
    kept.of(owner, subject, parts, make),
  );
  assert.deepEqual(numbers, [1, 1, 2, 3, 4, 3, 5]);
  assert.equal(kept.of(owner, {}, [a, b], make), 6);
  assert.equal(kept.of({}, subject, [a, b], make), 7);
});

test('of very many variants the newest are remembered', () => {
  const kept = new Kept<number>();
  const [owner, subject] = [{}, {}];
  let made = 0;
  const make = () => ++made;
  const parts = Array.from({ length: 100 }, () => [{}]);
  for (const each of parts) kept.of(owner, subject, each, make);
  assert.equal(kept.of(owner, subject, parts.at(-1) ?? [], make), 100);
  assert.equal(kept.of(owner, subject, parts[0] ?? [], make), 101);
});
