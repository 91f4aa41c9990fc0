import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldedLog } from './folded-log.js';

test('lines that are the same are told at each power of two', () => {
  const said: string[] = [];
  const log = foldedLog((line) => said.push(line));
  const write = (message: string) => log({ level: 'info', message, plugin: 'p', thread: '0' });
  for (let count = 0; count < 100_000; count++) write('a');
  write('b');
  write('a');
  assert.equal(said[0], '[info] p: a');
  assert.equal(said[1], '… the same once more');
  assert.equal(said.at(-3), '… the same 65,536 times more');
  assert.deepEqual(said.slice(-2), ['[info] p: b', '[info] p: a']);
  assert.equal(said.length, 20);
});
