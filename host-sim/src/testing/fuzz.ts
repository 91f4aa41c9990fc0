// Random sequences of host calls, in Envoy and in the gateway; the first difference of each case is printed. From the root:
//   npm run fuzz:sim -- --envoy path/to/envoy --seconds 60 --seed 1 [--record 150]
// `--record` writes that many cases to the file that fuzz.test.ts replays.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../random.js';
import { bootstrap } from './bootstrap.js';
import { compileStreamProbe } from './compile.js';
import { spawnEnvoy } from './envoy-process.js';
import { fuzzRequest } from './fuzz-case.js';
import { type FuzzResult, SILENCE_MS, startFuzzGateway } from './fuzz-gateway.js';
import { normalize } from './normalize.js';
import { exchange } from './raw-client.js';
import { startUpstream } from './raw-upstream.js';

const { values } = parseArgs({
  options: {
    envoy: { type: 'string', default: 'envoy' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    record: { type: 'string' },
  },
});
const PORT = Number(process.env.RECORD_PORT ?? 18401);
const QUIET_MS = 10;

const seed = Number(values.seed);
const upstream = await startUpstream();
const log: string[] = [];
let changedAt = 0;
const envoy = await spawnEnvoy(
  values.envoy,
  bootstrap({ wasm: await compileStreamProbe(), endpoints: [upstream.port], port: PORT }),
  PORT,
  (line) => {
    changedAt = Date.now();
    if (line !== undefined) log.push(line);
  },
);
const gateway = await startFuzzGateway();
await sleep(300);

async function inEnvoy(request: string): Promise<FuzzResult> {
  log.length = 0;
  upstream.seen.length = 0;
  const answer = await exchange(PORT, request, SILENCE_MS);
  changedAt = Date.now();
  for (const end = Date.now() + 2000; !log.includes('[info] P delete') && Date.now() < end; ) await sleep(2);
  while (Date.now() - changedAt < QUIET_MS) await sleep(2);
  const tidy = (text: string) => normalize(text, { gateway: PORT, upstream: upstream.port });
  return { answer: tidy(answer), upstream: upstream.seen.map(tidy), log: log.map(tidy) };
}

const random = new SeededRandom(seed);
const recorded: (FuzzResult & { request: string })[] = [];
const end = Date.now() + Number(values.seconds) * 1000;
let count = 0;
let different = 0;
for (; values.record ? count < Number(values.record) : Date.now() < end; count++) {
  const request = fuzzRequest(random);
  const expected = await inEnvoy(request);
  recorded.push({ request, ...expected });
  const found = await gateway.run(request, expected.log.length);
  const difference = firstDifference(expected, found);
  if (!difference) continue;
  different++;
  process.stdout.write(`case ${count} of seed ${seed}\n${request}${difference}\n\n`);
}
process.stdout.write(`${count} cases of seed ${seed}, ${different} different\n`);
if (values.record)
  writeFileSync(new URL('./envoy-1.40-fuzz.json', import.meta.url), `${JSON.stringify(recorded, null, 1)}\n`);
envoy.kill('SIGKILL');
await gateway.close();
await upstream.close();
process.exitCode = different === 0 ? 0 : 1;

function firstDifference(envoy: FuzzResult, simulator: FuzzResult): string | undefined {
  const lines = ({ answer, upstream, log }: FuzzResult) => [
    ...log,
    ...upstream.flatMap((text) => text.split('\r\n')),
    ...answer.split('\r\n'),
  ];
  const [a, b] = [lines(envoy), lines(simulator)];
  const at = Array.from({ length: Math.max(a.length, b.length) }, (_, index) => index).find(
    (index) => a[index] !== b[index],
  );
  return at === undefined ? undefined : `  Envoy:     ${a[at]}\n  simulator: ${b[at]}`;
}
