// A bounded run of the differential test of traffic. `npm run oracle -- --cases 5000 --seed 7` runs longer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAll, sampleCases } from './ask.js';

const cases = sampleCases(600, 20_261_128);

test('the oracle forwards, redirects, answers and refuses: each outcome is among the cases, often enough', () => {
  const count = (kind: string) => cases.filter(({ expected }) => expected.kind === kind).length;
  for (const kind of ['forwarded', 'redirected', 'answered', 'refused'])
    assert.ok(count(kind) >= 20, `${count(kind)} ${kind}`);
});

for (const place of ['simulator', 'envoy'] as const)
  test(`compiled VirtualServices do in the ${place} what Istio's documentation says`, async () => {
    const found = await askAll(cases, place);
    assert.equal(
      found.length,
      0,
      `${found.length} of ${cases.length} cases, the first:\n${found.slice(0, 3).join('\n')}`,
    );
  });
