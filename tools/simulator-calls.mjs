// docs/simulator/calls.md: every function and callback of the ABI, what the simulator does with it and how that was verified.
// Made from the simulator's own tables and from what the recorded probes and the tests use; a test holds the page to it.
//   node tools/simulator-calls.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CALLBACKS } from '../host-sim/dist/abi/callbacks.js';
import { HOST_FUNCTIONS } from '../host-sim/dist/abi/imports.js';

const root = fileURLToPath(new URL('..', import.meta.url));
export const page = join(root, 'docs/simulator/calls.md');

function textOf(folder, chosen) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => chosen.test(name) && !/(^|\/)(node_modules|dist|build)\//.test(name))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');
}

/** Where a name is used: in a filter whose every result was recorded from Envoy, in a test of the simulator. */
const evidence = {
  recorded: textOf('host-sim/src/testing', /\.as$/),
  tested: textOf('host-sim/src', /\.test\.ts$/) + textOf('tests', /\.(ts|as|wat|rs|go)$/),
};

function verified(name) {
  const whole = new RegExp(`\\b${name}\\b`);
  const how = [];
  if (whole.test(evidence.recorded)) how.push('recorded from Envoy');
  if (whole.test(evidence.tested)) how.push('tested');
  return how.length > 0 ? how.join(', ') : 'no case of its own yet';
}

const row = ({ name, parameterNames, params, results }) => {
  const wide = (index) => (params[index] === 'i64' ? ': i64' : '');
  const list = parameterNames.map((parameter, index) => `${parameter}${wide(index)}`).join(', ');
  return `| \`${name}(${list})${results.length > 0 ? '' : ' → nothing'}\` | simulated | ${verified(name)} |`;
};

const table = (rows) => ['| call | what the simulator does | verified |', '|---|---|---|', ...rows].join('\n');

export function callsPage() {
  const functions = (module) => [...HOST_FUNCTIONS.get(module).values()].map(row);
  const callbacks = [...CALLBACKS.values()].map((each) =>
    row({ ...each, parameterNames: each.parameterNames.filter(Boolean) }),
  );
  return `# Call by call

Everything that Envoy 1.40 gives to a module of ABI 0.2.1, and everything that it calls in one. Made by
\`node tools/simulator-calls.mjs\` from the simulator's own tables; a test fails when this page is out of date.

*Recorded from Envoy* means: a probe filter makes the call in a real Envoy 1.40.0, in many ways and phases, each result was
written down (\`host-sim/src/testing/*.json\`), and the tests hold the simulator to it to the byte. *Tested* means: a test of
this repository names it, in the simulator or in both. Numbers are i32 where nothing else is said, and functions answer with a status.

## Host functions (module \`env\`)

${table(functions('env'))}

## WASI (\`wasi_snapshot_preview1\`, and the same as \`wasi_unstable\`)

${table(functions('wasi_snapshot_preview1'))}

## Callbacks

${table(callbacks)}
`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(page, callsPage());
