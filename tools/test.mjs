// `npm test`: sets up what is missing, then runs everything: lint, the AssemblyScript specs, every TypeScript test.
// Ends with one plain line. Arguments narrow it to test files whose path contains one of them: npm test -- parity
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runProgram, workFolder } from './program.mjs';
import { fail, root, say, setup } from './setup.mjs';
import testsOnEnvoy from './tests-on-envoy.cjs';

/** The newer Node on which everything that needs no Envoy runs too; only where CI asks, it is a download of its own. */
const newerNode = process.env.TOLLGATE_NEWER_NODE;
const wanted = process.argv.slice(2);

/** A test that hangs fails; nothing here takes a tenth of it. */
const testMsMax = 180_000;

const total = { passed: 0, failed: 0, skipped: 0 };

const files = testFiles();
await setup();
if (wanted.length === 0) {
  const { lint } = await import('./lint.mjs');
  for (const { passed } of lint()) count({ passed: Number(passed), failed: Number(!passed), skipped: 0 });
  count(await specs());
}
await envoy();
count(await nodeTests(process.execPath, files));
if (newerNode)
  count(
    await nodeTests(
      newerNode,
      files.filter((file) => !needsEnvoy(file)),
    ),
  );
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
say(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

function count({ passed, failed, skipped }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

function testFiles() {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name))
    .map(({ name }) => name);
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((file) => join(folder, file))
      .filter((file) => file.endsWith('.test.ts') && !/(^|\/)(node_modules|dist|build)\//.test(file)),
  );
  const chosen = files.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part))).sort();
  // Before anything is built: whoever mistypes a word learns so at once.
  if (chosen.length === 0) fail(`no test file has ${wanted.join(' or ')} in its path`);
  return chosen;
}

function needsEnvoy(file) {
  return testsOnEnvoy.some((folder) => file.startsWith(folder));
}

/** Fetched before the tests, so that no test waits for a download. */
async function envoy() {
  const { describeEnvoy, findEnvoy } = await import(`${root}/envoy/dist/binary/index.js`);
  const found = await findEnvoy({ env: process.env, report: say });
  say(
    'path' in found
      ? `tests on the real Envoy: ${describeEnvoy(found)}`
      : `no Envoy is available, its tests will fail: ${found.missing}`,
  );
}

/** The filters' pure logic, by as-pect. */
async function specs() {
  say('specs of the AssemblyScript (as-pect)');
  const { output, status } = await run(process.execPath, [
    'node_modules/@as-pect/cli/bin/asp.js',
    '--summary',
    '--no-logo',
  ]);
  const [, green = 0, all = 0] = /\[Tests\]: (\d+) \/ (\d+)/.exec(stripVTControlCharacters(output)) ?? [];
  const passed = Number(green);
  const failed = Number(all) - passed;
  if (status === 0 && passed > 0) return { passed, failed, skipped: 0 };
  say(output);
  return { passed, failed: Math.max(failed, 1), skipped: 0 };
}

/** Test files are independent; two at a time, as there are two cores. */
async function nodeTests(node, files) {
  const folder = workFolder('tollgate-tests-');
  const tap = join(folder, 'results.tap');
  say(`${files.length} test files on ${node === process.execPath ? `Node ${process.versions.node}` : node}`);
  const reporters = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${tap}`,
  ];
  const { status } = await run(
    node,
    [
      '--import',
      './tools/ts-node.mjs',
      '--test',
      '--test-concurrency=2',
      `--test-timeout=${testMsMax}`,
      ...reporters,
      ...files,
    ],
    { show: true },
  );
  const results = readFileSync(tap, 'utf8');
  const number = (name) => Number(new RegExp(`^# ${name} (\\d+)`, 'm').exec(results)?.[1] ?? 0);
  const failed = number('fail') + number('cancelled');
  return { passed: number('pass'), failed: status === 0 ? failed : Math.max(failed, 1), skipped: number('skipped') };
}

async function run(command, args, { show = false } = {}) {
  const stdio = ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'];
  const { child, ended } = runProgram(command, args, { cwd: root, stdio });
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));
  const status = await ended;
  return { status, output: Buffer.concat(chunks).toString() };
}
