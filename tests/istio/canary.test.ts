import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { example, places, startStage, subsets } from './stage.js';

const host = 'myapp.prod.svc.cluster.local';
const services = [{ name: 'myapp', namespace: 'prod', versions: ['v1', 'v2'] }];
const canary = example('canary');

/** Beyond so many standard deviations chance goes less than once in a million runs. */
const deviationsMax = 5;

describe('canary: the new version gets its share', { concurrency: 2 }, () => {
  const cases = [
    { share: 0.1, calls: 1000, text: canary },
    { share: 0.01, calls: 2000, text: canary.replace('weight: 90', 'weight: 99').replace('weight: 10}', 'weight: 1}') },
  ];
  for (const place of places)
    for (const { share, calls, text } of cases)
      test(`${share * 100} of 100 calls, in the ${place}`, async (context) => {
        const { call, applications } = await startStage(context, place, {
          policies: `${text}---\n${subsets(host, 'v1', 'v2')}`,
          services,
        });
        for (let count = 0; count < calls; count++) assert.equal((await call({ host })).status, 200);
        const [v1 = 0, v2 = 0] = applications.map(({ seen }) => seen.length);
        assert.equal(v1 + v2, calls);
        const bound = deviationsMax * Math.sqrt(calls * share * (1 - share));
        assert.ok(Math.abs(v2 - calls * share) <= bound, `v2 got ${v2} of ${calls} calls`);
        assert.ok(v2 > 0);
      });
});
