// The simulator's own speed, beside the Go SDK's emulator running the same module, and beside an Envoy with the same filter:
// how soon a first request is answered, and how many are in a second. All in turns in one run: only the ratios say something.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workFolder } from '../../tools/program.mjs';
import { freePort, listener, quantile } from '../filters.mjs';
import { env } from '../policies.mjs';
import { firstOk } from '../startup.mjs';
import { buildEmulator } from './build-emulator.mjs';
import { firstLineOf } from './process.mjs';
import { subjects } from './subjects.mjs';

const here = (name) => new URL(name, import.meta.url).pathname;

/** Rows of each subject, and why a column is empty. `envoy` is `{path}` or `{missing}`. */
export async function measureSimulator({ root, envoy, rounds, seconds, progress }) {
  const folder = workFolder('tollgate-bench-');
  try {
    const emulator = buildEmulator(here('emulator'), join(folder, 'emulator'));
    const missing = [
      ...(emulator.missing ? [`Go emulator not measured: ${emulator.missing}`] : []),
      ...(envoy.missing ? [`Envoy not measured: ${envoy.missing}`] : []),
    ];
    const parts = [];
    for (const subject of await subjects(root, folder)) {
      const cells = [];
      for (let round = 1; round <= rounds; round++) {
        progress(`${subject.name}: round ${round} of ${rounds}`);
        cells.push(await cellOf(subject, { folder, emulator, envoy, seconds }));
      }
      const median = (host, figure) => quantile(cells.map((cell) => cell[host]?.[figure]).filter(Number.isFinite), 0.5);
      parts.push({ title: subject.title, rows: figures.map((figure) => rowOf(figure, median, subject.held)) });
    }
    return { parts, missing };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `most` and `least` are the goals, for a subject that is `held` to them. What only the simulator has, such as its conversation, stands beside nothing. */
const figures = [
  { what: 'new process to its first answer, ms', figure: 'processMs' },
  { what: 'first answer, from loading the module, ms', figure: 'coldMs', most: 100 },
  { what: 'the same, in a process that has done so before, ms', figure: 'warmMs', most: 100 },
  { what: 'requests a second of one core', figure: 'perSecond', least: 20_000 },
  { what: 'requests a second, conversation kept', figure: 'perSecondKept' },
];

function rowOf({ what, figure, most, least }, median, held) {
  const [simulator, emulator, envoy] = ['simulator', 'emulator', 'envoy'].map((host) => median(host, figure));
  const ratio = (other) => (other === undefined ? undefined : simulator / other);
  const row = { what, simulator, emulator, emulatorRatio: ratio(emulator), envoy, envoyRatio: ratio(envoy) };
  if (!held || (most === undefined && least === undefined)) return row;
  return { ...row, most, least, met: simulator <= (most ?? Infinity) && simulator >= (least ?? 0) };
}

/** One of each, one after the other. */
async function cellOf(subject, { folder, emulator, envoy, seconds }) {
  const input = (wasm) => {
    const file = join(folder, 'input.json');
    const { config, properties, peer, headers, response } = subject;
    writeFileSync(file, JSON.stringify({ wasm, config, properties, peer, headers, response, seconds }));
    return file;
  };
  const cell = { simulator: await firstLineOf(process.execPath, [here('run.mjs'), input(subject.wasm)]) };
  if (emulator.path) cell.emulator = await firstLineOf(emulator.path, [input(subject.emulatorWasm)]);
  if (envoy.path) cell.envoy = { processMs: await firstOfEnvoy(envoy.path, subject, folder) };
  return cell;
}

async function firstOfEnvoy(path, { filter, headers }, folder) {
  const port = await freePort();
  const file = join(folder, 'envoy.json');
  writeFileSync(
    file,
    JSON.stringify({ static_resources: { listeners: [listener({ name: 'bench', port, filters: [filter] })] } }),
  );
  const args = ['-c', file, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'off'];
  const own = headers.filter(([name]) => !name.startsWith(':'));
  return firstOk(path, args, { ...process.env, ...env }, { port, headers: Object.fromEntries(own) });
}
