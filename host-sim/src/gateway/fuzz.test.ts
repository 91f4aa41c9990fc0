import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { type FuzzResult, startFuzzGateway } from '../testing/fuzz-gateway.js';

// Random sequences of host calls and what Envoy 1.40.0 answered; see testing/fuzz.ts.
const RECORDED = JSON.parse(
  readFileSync(new URL('../testing/envoy-1.40-fuzz.json', import.meta.url), 'utf8'),
) as (FuzzResult & {
  request: string;
})[];

/** Cases that the gateway answers otherwise. */
const DIFFERENCES: Record<number, string> = {
  24: 'the buffer of a foreign function’s arguments can be written to in on_done',
  35: 'the same',
  52: 'the same',
  49: 'a header that was set to nothing counts one byte more in the size of a map',
  61: 'an answer to HEAD whose length was changed',
  85: 'the same',
  74: 'an answer without a body that says a length',
};

test(`${RECORDED.length} random sequences of host calls go as in Envoy 1.40`, { timeout: 60_000 }, async () => {
  const gateway = await startFuzzGateway();
  for (const [index, { request, ...expected }] of RECORDED.entries()) {
    const found = await gateway.run(request, expected.log.length);
    if (DIFFERENCES[index] === undefined) assert.deepEqual(found, expected, `case ${index}: ${request}`);
  }
  await gateway.close();
});
