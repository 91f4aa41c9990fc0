import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../../../tests/support/wait.js';

/** Envoy's own lines that tell a trap or a callout's end; everything else it says is left out. */
const WASM_LINE = /^\[(\w+)\] (?:wasm log[^:]*: (P .*|.*)|(Function: .*))$/;

export const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** A real Envoy on a bootstrap, which listens on `port`; `onLine` gets what filters log, and anything else with undefined. */
export async function spawnEnvoy(
  envoy: string,
  bootstrap: object,
  port: number,
  onLine: (line: string | undefined, whole: string) => void,
): Promise<ChildProcess> {
  const file = join(mkdtempSync(join(tmpdir(), 'record-')), 'envoy.json');
  writeFileSync(file, JSON.stringify(bootstrap));
  const options = ['-c', file, '--concurrency', '1', '--disable-hot-restart', '-l', 'warning'];
  const child = spawn(envoy, [...options, '--component-log-level', 'wasm:info', '--log-format', '[%l] %v'], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    const match = WASM_LINE.exec(line.replace('[warning]', '[warn]'));
    onLine(match ? `[${match[1]}] ${match[2] ?? match[3]}` : undefined, line);
  });
  await until('Envoy to listen', () => accepts(port));
  return child;
}
