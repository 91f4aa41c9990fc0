import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { type FuzzResult, startFuzzGateway } from '../testing/fuzz-gateway.js';
import { ParityCount } from '../testing/parity-count.js';

// Random sequences of host calls and what Envoy 1.40.0 answered; see testing/fuzz.ts.
const RECORDED = JSON.parse(
  readFileSync(new URL('../testing/envoy-1.40-fuzz.json', import.meta.url), 'utf8'),
) as (FuzzResult & {
  request: string;
})[];

test(`${RECORDED.length} random sequences of host calls go as in Envoy 1.40`, async (context) => {
  const gateway = await startFuzzGateway();
  context.after(() => gateway.close());
  const parity = new ParityCount('random host calls', 'recorded');
  for (const [index, { request, ...expected }] of RECORDED.entries()) {
    const found = await gateway.run(request, expected);
    assert.deepEqual(found, expected, `case ${index}: ${request}`);
    parity.same(`case ${index}`);
  }
  parity.tell(context);
});
