// Random sequences of host calls, in Envoy and in the gateway; the first difference of each case is printed. From the root:
//   npm run fuzz:sim -- --envoy path/to/envoy --seconds 60 --seed 1 [--record 150]
// `--record` writes that many cases to the file that fuzz.test.ts replays.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../process/random.js';
import { startFuzz } from './fuzz-both.js';
import { fuzzRequest } from './fuzz-case.js';
import type { FuzzResult } from './fuzz-gateway.js';

const { values } = parseArgs({
  options: {
    envoy: { type: 'string', default: 'envoy' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    record: { type: 'string' },
  },
});

const seed = Number(values.seed);
const fuzz = await startFuzz(values.envoy, Number(process.env.RECORD_PORT ?? 18401));
const random = new SeededRandom(seed);
const recorded: (FuzzResult & { request: string })[] = [];
const end = Date.now() + Number(values.seconds) * 1000;
let count = 0;
let different = 0;
for (; values.record ? count < Number(values.record) : Date.now() < end; count++) {
  const request = fuzzRequest(random);
  const { expected, difference } = await fuzz.run(request);
  recorded.push({ request, ...expected });
  if (!difference) continue;
  different++;
  process.stdout.write(`case ${count} of seed ${seed}\n${request}${difference}\n\n`);
}
process.stdout.write(`${count} cases of seed ${seed}, ${different} different\n`);
if (values.record)
  writeFileSync(new URL('./envoy-1.40-fuzz.json', import.meta.url), `${JSON.stringify(recorded, null, 1)}\n`);
await fuzz.close();
process.exitCode = different === 0 ? 0 : 1;
