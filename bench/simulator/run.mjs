// The simulator with a module, for index.mjs; emulator/main.go is the same for the Go SDK's emulator: run.mjs INPUT.json
import { readFileSync } from 'node:fs';
import { Host } from '@tollgate/host-sim';

const { wasm: file, config, properties, peer, headers, seconds } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const field = (name) => headers.find(([key]) => key === name)?.[1];
const request = {
  method: field(':method'),
  path: field(':path'),
  authority: field(':authority'),
  headers: headers.filter(([name]) => !name.startsWith(':')),
  peer,
};
const wasm = new Uint8Array(readFileSync(file));

const coldMs = await first();
process.stdout.write('first\n');
const warmMs = await first();
const perSecond = await load({ trace: false });
const perSecondKept = await load({});
process.stdout.write(`${JSON.stringify({ coldMs, warmMs, perSecond, perSecondKept })}\n`);

function start(options = {}) {
  return Host.load(wasm, { config, properties, logLevel: 'warn', ...options });
}

/** A host with no conversation, as the other has none. */
async function first() {
  const from = performance.now();
  await answered(await start({ trace: false }));
  return performance.now() - from;
}

async function answered(sim) {
  const { status } = await sim.request(request);
  if (status !== 200) throw new Error(`the filter answered ${status}`);
}

/** By CPU, so that whatever else runs on the machine does not count. */
async function load(options) {
  const sim = await start(options);
  const run = async (ms) => {
    const end = performance.now() + ms;
    const before = process.cpuUsage();
    let count = 0;
    for (; performance.now() < end; count += 50) for (let batch = 0; batch < 50; batch++) await answered(sim);
    const { user, system } = process.cpuUsage(before);
    return count / ((user + system) / 1e6);
  };
  // Until V8 has compiled what is hot, for good.
  await run(Math.max(1000, seconds * 500));
  return run(seconds * 1000);
}
