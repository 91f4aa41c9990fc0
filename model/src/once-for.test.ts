import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onceFor } from './once-for.js';

test('what is made of a key is made once, nothing too, and anew for another key', () => {
  let made = 0;
  const of = onceFor((key: { gives?: number }) => {
    made++;
    return key.gives;
  });
  const [a, b] = [{ gives: 1 }, {}];
  assert.deepEqual([of(a), of(a), of(b), of(b)], [1, 1, undefined, undefined]);
  assert.equal(made, 2);
});
