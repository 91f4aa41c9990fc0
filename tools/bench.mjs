// `npm run bench`: what the filters cost, as ratios measured side by side in one run on the real Envoy.
//   npm run bench -- [--quick] [--json] [--h1] [--only WORD,…] [--rounds N] [--requests N] [--memory N] [--startup] [--against FILE]
//   refusals    the dearest tokens that are refused, in V8 without Envoy: npm run bench -- refusals
//   sizes       what a request of 60 KB costs, whatever it is filled with: npm run bench -- sizes
//   compile     how long the compiler takes for a large mesh: npm run bench -- compile
//   simulator   the simulator's own speed instead, beside the Go SDK's emulator and Envoy's start: npm run bench -- simulator
//   --quick     few rounds, few requests: whether it works at all, not what it costs
//   --json      the table as JSON on standard output, everything else on standard error
//   --h1        loads with wrk over HTTP/1 instead of h2load over HTTP/2
//   --only      rows whose variant has one of these words in its name
//   --memory    how many requests the test of flat memory sends (10000000 for the goal)
//   --against   governance.wasm of an earlier build: what each policy costs now, beside what it cost with that
//   --startup   measures how soon `tollgate run` answers, too
import { parseArgs } from 'node:util';
import { measureCompile, printCompile } from '../bench/compile.mjs';
import { measure, startVariants } from '../bench/filters.mjs';
import { missingTools } from '../bench/load.mjs';
import { refusals } from '../bench/refusals.mjs';
import { loadTime, memoryGrowth, moduleSizes } from '../bench/resources.mjs';
import { rows, rowsAgainst } from '../bench/rows.mjs';
import { measureSimulator } from '../bench/simulator/index.mjs';
import { printSimulator } from '../bench/simulator/table.mjs';
import { measureSizes, printSizes } from '../bench/sizes.mjs';
import { startup } from '../bench/startup.mjs';
import { printRefusals, printTable, rowOf } from '../bench/table.mjs';
import { variants } from '../bench/variants.mjs';
import { root, say, setup } from './setup.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    json: { type: 'boolean' },
    h1: { type: 'boolean' },
    startup: { type: 'boolean' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    requests: { type: 'string' },
    memory: { type: 'string' },
    against: { type: 'string' },
  },
});
const number = (text, usual, quick) => Number(text ?? (options.quick ? quick : usual));
const rounds = number(options.rounds, 24, 3);
const requests = number(options.requests, 3000, 1500);
const words = options.only?.split(',') ?? [''];
const note = (line) => process.stderr.write(`${line}\n`);

if (!options.json) await setup();
if (positionals[0] === 'refusals') {
  const table = await refusals(root);
  if (options.json) process.stdout.write(`${JSON.stringify({ rows: table }, null, 2)}\n`);
  else printRefusals(table, { say });
  process.exit();
}
if (positionals[0] === 'compile') {
  const table = await measureCompile(root);
  if (options.json) process.stdout.write(`${JSON.stringify({ rows: table }, null, 2)}\n`);
  else printCompile(table, { say });
  process.exit();
}
const { findEnvoy } = await import(`${root}/envoy/dist/binary/index.js`);
const found = await findEnvoy({ env: process.env, report: note });
if (positionals[0] === 'simulator') {
  await simulator();
  process.exit();
}
if (!('path' in found)) {
  note(`the benchmarks need a real Envoy: ${found.missing}`);
  process.exit(3);
}
if (positionals[0] === 'sizes') {
  const table = await measureSizes({ root, envoy: found.path, words, progress: note });
  if (options.json) process.stdout.write(`${JSON.stringify({ rows: table }, null, 2)}\n`);
  else printSizes(table, { say });
  process.exit();
}
const missing = missingTools();
if (missing.length > 0) {
  note(`the bench loads Envoy with tools that are not installed here: apt-get install ${missing.join(' ')}`);
  process.exit(3);
}

const part = options.only !== undefined || options.against !== undefined;
const chosen = (options.against ? rowsAgainst : rows).filter(({ variant }) =>
  words.some((word) => variant.includes(word)),
);
const names = new Set(chosen.flatMap(({ variant, other }) => [variant, other]));
const wanted = await variants(root, names, options.against);
const protocol = options.h1 ? 'H1' : 'H2';
let progressed = Date.now();
const progress = (line) => {
  if (Date.now() - progressed < 5000) return;
  progressed = Date.now();
  note(line);
};
const table = [];
if (wanted.length > 0) {
  const running = await startVariants(found.path, wanted);
  try {
    const measured = await measure(running, { protocol, rounds, requests, progress });
    table.push(...chosen.map((row) => rowOf(row, measured)));
    if (!part) table.push(await memoryGrowth(running, number(options.memory, 200_000, 20_000), progress));
  } finally {
    running.stop();
  }
}
if (!part) table.push(...moduleSizes(root), await loadTime(root));
if (options.startup) table.push(...(await startup({ root, envoy: found.path })));
if (options.json) process.stdout.write(`${JSON.stringify({ protocol, rounds, requests, rows: table }, null, 2)}\n`);
else printTable(table, { protocol, rounds, requests, say });

async function simulator() {
  const turns = number(options.rounds, 5, 1);
  const seconds = options.quick ? 0.4 : 2;
  const table = await measureSimulator({ root, envoy: found, rounds: turns, seconds, progress: note });
  if (options.json) process.stdout.write(`${JSON.stringify({ rounds: turns, ...table }, null, 2)}\n`);
  else printSimulator(table, { rounds: turns, say });
}
