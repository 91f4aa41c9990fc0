// npm run oracle -- [--cases 5000] [--seed N]
// Random VirtualServices and requests: what Istio's documentation says of them must happen in the simulator and in Envoy.
import { parseArgs } from 'node:util';
import { askAll, sampleCases } from './ask.js';

/** Of one proxy. */
const batch = 1200;

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '5000' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
console.log(`oracle: seed ${seed}, ${values.cases} cases`);
for (let done = 0; done < Number(values.cases) && !process.exitCode; done += batch) {
  const cases = sampleCases(Math.min(batch, Number(values.cases) - done), seed + done);
  for (const place of ['simulator', 'envoy'] as const) {
    const found = await askAll(cases, place);
    for (const text of found.slice(0, 10)) console.error(`${place}: ${text}\n`);
    if (found.length > 0) {
      console.error(`oracle: in the ${place} ${found.length} of ${cases.length} cases went otherwise`);
      process.exitCode = 1;
    }
  }
}
if (!process.exitCode) console.log('oracle: all as documented');
