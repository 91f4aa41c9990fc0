import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { trafficPage } from '../../tools/traffic-fields.mjs';

test('the page about traffic has every field of the schemas: node tools/traffic-fields.mjs writes it anew', () => {
  assert.equal(readFileSync(new URL('../../docs/traffic.md', import.meta.url), 'utf8'), trafficPage());
});
