import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { callsPage, page } from '../../tools/simulator-calls.mjs';

test('the page of all calls says what the simulator has: node tools/simulator-calls.mjs writes it anew', () => {
  assert.equal(readFileSync(page, 'utf8'), callsPage());
});
