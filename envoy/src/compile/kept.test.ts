import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kept } from './kept.js';

test('something is made once of the same objects, and anew of others, more or fewer', () => {
  const kept = new Kept<number>();
  let made = 0;
  const make = () => ++made;
  const [a, b] = [{}, {}];
  const numbers = [[a, b], [a, b], [b, a], [a], [a, b, b], [a], []].map((objects) => kept.of(objects, make));
  assert.deepEqual(numbers, [1, 1, 2, 3, 4, 3, 5]);
});

test('nothing that was made counts too', () => {
  const kept = new Kept<undefined>();
  let made = 0;
  const key = {};
  for (let time = 0; time < 2; time++) kept.of([key], () => void made++);
  assert.equal(made, 1);
});
