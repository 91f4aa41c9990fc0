import assert from 'node:assert/strict';
import test from 'node:test';
import { SeededRandom } from '../../host-sim/src/random.js';
import { startFuzz } from '../../host-sim/src/testing/fuzz-both.js';
import { fuzzRequest } from '../../host-sim/src/testing/fuzz-case.js';
import { realEnvoy } from '../support/envoy.js';
import { freePorts } from '../support/ports.js';

const CASES = 200;
/** Another seed with each run would make a red test that nobody can repeat: `npm run fuzz:sim` goes further. */
const SEED = 20261121;

test('random sequences of host calls go in the simulator as in Envoy', { timeout: 300_000 }, async (context) => {
  const [{ path }, [port = 0]] = await Promise.all([realEnvoy(), freePorts(1)]);
  const fuzz = await startFuzz(path, port);
  context.after(() => fuzz.close());
  const random = new SeededRandom(SEED);
  const different: string[] = [];
  for (let index = 0; index < CASES; index++) {
    const request = fuzzRequest(random);
    const { difference } = await fuzz.run(request);
    if (difference !== undefined) different.push(`case ${index}\n${request}${difference}`);
  }
  context.diagnostic(`${CASES} cases of seed ${SEED}, ${different.length} differ`);
  assert.deepEqual(different, []);
});
