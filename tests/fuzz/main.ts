// npm run fuzz -- [--seconds 60] [--seed N]
// Feeds every filter configurations and requests that nobody would write. What it finds it writes to tests/fuzz/corpus/, where
// the tests run it again for ever.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
console.log(`fuzz: seed ${seed}, ${values.seconds} s`);
try {
  const cases = await fuzz({
    seed,
    seconds: Number(values.seconds),
    onFound(found) {
      const text = `${JSON.stringify(found, null, 2)}\n`;
      const name = `${found.filter}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.json`;
      writeFileSync(new URL(`corpus/${name}`, import.meta.url), text);
      console.log(`fuzz: kept as tests/fuzz/corpus/${name}`);
    },
  });
  console.log(`fuzz: ${cases} cases, nothing found`);
} catch (error) {
  console.error((error as Error).message);
  console.error((error as Error).cause);
  process.exitCode = 1;
}
