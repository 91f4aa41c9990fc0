// Everything that is checked without running it: types of the tests, form of both languages, direction of imports.
import { spawnSync } from 'node:child_process';
import { root } from './setup.mjs';

const bin = (name) => `${root}/node_modules/.bin/${name}`;
const steps = [
  ['packages as others install them', process.execPath, ['tools/check-packages.mjs']],
  ['types of the tests', bin('tsc'), ['-p', 'tsconfig.tests.json']],
  ['form of the TypeScript', bin('biome'), ['check', '.']],
  [
    'form of the AssemblyScript',
    bin('prettier'),
    [
      '--check',
      '--log-level',
      'warn',
      'sdk/**/*.ts',
      'host-sim/assembly/**/*.ts',
      'filters/**/*.ts',
      'examples/filters/**/*.ts',
      'tests/vectors/assembly/*.ts',
      '!**/*.test.ts',
    ],
  ],
  [
    'direction of imports',
    bin('depcruise'),
    [
      '--config',
      '.dependency-cruiser.cjs',
      'model/src',
      'host-sim/src',
      'envoy/src',
      'policies/src',
      'scenario/src',
      'control/src',
      'agent/src',
      'cli/src',
      'filters',
      'sdk',
      'examples/filters',
      'bench/filters',
      'tests',
    ],
  ],
];

/** Runs every step, even after one that fails, so that all is seen at once. */
export function lint() {
  return steps.map(([name, command, args]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
    process.stdout.write(`lint: ${name}: ${status === 0 ? 'ok' : `failed\n${stdout}${stderr}`}\n`);
    return { name, passed: status === 0 };
  });
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  process.exitCode = lint().every(({ passed }) => passed) ? 0 : 1;
