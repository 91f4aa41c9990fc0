// `npm run parity`: plays every case that compares the simulator with Envoy, and ends with one table of them. Each difference
// and each case left out stands below it by name, with the reason that its suite gives.
//   npm run parity -- [--json] [WORD…]
//   --json   the table as JSON on standard output, everything else on standard error
//   WORD     only suites with one of these words in the path of their file
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { printParity, unexplainedIn } from './parity-table.mjs';
import { runProgram, workFolder } from './program.mjs';
import { fail, root, setup } from './setup.mjs';

/** What both have to play at least, in a whole run: fewer, and suites have gone missing. */
const liveCasesMin = 200;
const testMsMax = 300_000;

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' } },
});
const note = (text) => process.stderr.write(`${text}\n`);

if (!options.json) await setup();
const { findEnvoy } = await import(`${root}/envoy/dist/binary/index.js`);
const found = await findEnvoy({ env: process.env, report: note });
if (!('path' in found)) fail(`parity is with a real Envoy: ${found.missing}`);
const files = suiteFiles();
const { suites, red } = await play(files);
const silent = files.filter((file) => !suites.some((suite) => suite.file === file && casesOf(suite) > 0));
const live = suites.filter(({ envoy }) => envoy === 'live').reduce((sum, suite) => sum + casesOf(suite), 0);
const unexplained = unexplainedIn(suites, red);
for (const file of silent) unexplained.push({ suite: file, name: 'the whole suite', what: 'told of no cases' });
if (words.length === 0 && live < liveCasesMin)
  unexplained.push({ suite: 'all', name: `${live} cases`, what: `at least ${liveCasesMin} are played in both` });

if (options.json) process.stdout.write(`${JSON.stringify({ envoy: found.version, suites, unexplained }, null, 2)}\n`);
else printParity({ version: found.version, suites, unexplained });
process.exitCode = unexplained.length === 0 ? 0 : 1;

/** Every test of tests/parity, and the tests of the simulator that count cases. */
function suiteFiles() {
  const inFolder = (folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => join(folder, file));
  const recorded = inFolder('host-sim/src').filter((file) =>
    readFileSync(join(root, file), 'utf8').includes('ParityCount('),
  );
  const chosen = [...inFolder('tests/parity'), ...recorded].filter(
    (file) => words.length === 0 || words.some((word) => file.includes(word)),
  );
  if (chosen.length === 0) fail(`no suite that compares with Envoy has ${words.join(' or ')} in its path`);
  return chosen.sort();
}

function casesOf({ same, differing, unexplained }) {
  return same + Object.keys(differing).length + Object.keys(unexplained).length;
}

/** Plays them as `npm test` does, two files at a time. */
async function play(files) {
  const folder = workFolder('tollgate-parity-');
  const results = join(folder, 'results.jsonl');
  const args = [
    '--import',
    './tools/ts-node.mjs',
    '--test',
    '--test-concurrency=2',
    `--test-timeout=${testMsMax}`,
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    '--test-reporter=./tools/parity-reporter.mjs',
    `--test-reporter-destination=${results}`,
    ...files,
  ];
  const stdio = ['ignore', options.json ? process.stderr : 'inherit', 'inherit'];
  await runProgram(process.execPath, args, { cwd: root, stdio }).ended;
  const lines = readFileSync(results, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const here = (file) => relative(root, file);
  return {
    suites: lines.filter(({ count }) => count).map(({ file, count }) => ({ file: here(file), ...count })),
    red: lines.filter(({ count }) => !count).map(({ file, red, message }) => ({ file: here(file), red, message })),
  };
}
