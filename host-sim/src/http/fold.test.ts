import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldRepeats } from './fold.js';

const times = (count: number, ...lines: string[]) => Array.from({ length: count }, () => lines).flat();

test('one line, again and again', () => {
  assert.deepEqual(foldRepeats(['a', ...times(10_000, 'b'), 'c']), ['a', 'b', '… this line 9,999 times more', 'c']);
});

test('lines that differ in numbers alone are alike', () => {
  const lines = Array.from({ length: 100 }, (_, index) => `call(${index})`);
  assert.deepEqual(foldRepeats(lines), ['call(0)', '… this line 99 times more']);
});

test('several lines together, the last time in part', () => {
  assert.deepEqual(foldRepeats([...times(20, 'a', 'b', 'c'), 'a', 'd']), [
    ...['a', 'b', 'c', '… these 3 lines 19 times more', 'a', 'd'],
  ]);
});

test('what repeats a few times stays as it is', () => {
  const lines = ['x', ...times(10, 'a', 'b')];
  assert.deepEqual(foldRepeats(lines), lines);
});
