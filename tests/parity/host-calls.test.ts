import assert from 'node:assert/strict';
import test from 'node:test';
import { SeededRandom } from '../../host-sim/src/process/random.js';
import { startFuzz } from '../../host-sim/src/testing/fuzz-both.js';
import { fuzzRequest } from '../../host-sim/src/testing/fuzz-case.js';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
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
  const parity = new ParityCount('random host calls');
  for (let index = 0; index < CASES; index++) {
    const request = fuzzRequest(random);
    const { difference } = await fuzz.run(request);
    const name = `case ${index} of seed ${SEED}`;
    if (difference === undefined) parity.same(name);
    else {
      parity.unexplained(name, difference);
      different.push(`case ${index}\n${request}${difference}`);
    }
  }
  parity.tell(context);
  assert.deepEqual(different, []);
});
