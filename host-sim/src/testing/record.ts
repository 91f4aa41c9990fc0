// Records what Envoy answers to the conversations of conversations.ts. By hand, from the root of the workspace:
//   node --import ./tools/ts-node.mjs host-sim/src/testing/record.ts path/to/envoy [setup …]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootstrap } from './bootstrap.js';
import { compileStreamProbe } from './compile.js';
import { converse, type RecordedConversation } from './conversation.js';
import { inputOf, SETUPS, type Setup } from './conversations.js';
import { GrpcServer } from './grpc-server.js';
import { ManualServer } from './manual-server.js';
import { normalize } from './normalize.js';

const PORT = Number(process.env.RECORD_PORT ?? 18400);
/** Nothing has happened for so long: the step has had its effect. A real Envoy says nothing when it is done. */
const QUIET_MS = 40;
const FILE = new URL('./envoy-1.40-streams.json', import.meta.url);
/** Envoy's own lines that tell a trap or a callout's end; everything else it says is left out. */
const WASM_LINE = /^\[(\w+)\] (?:wasm log[^:]*: (P .*|.*)|(Function: .*))$/;

const [envoy = 'envoy', ...only] = process.argv.slice(2);
const log: string[] = [];
let changedAt = 0;

async function start(
  setup: Setup,
  upstream: ManualServer,
  callout: ManualServer,
  grpc: GrpcServer,
): Promise<ChildProcess> {
  const file = join(mkdtempSync(join(tmpdir(), 'record-')), 'envoy.json');
  const wasm = await compileStreamProbe();
  writeFileSync(
    file,
    JSON.stringify(bootstrap({ wasm, ...inputOf(setup, upstream.port, callout.port, grpc.port), port: PORT })),
  );
  const process_ = spawn(
    envoy,
    [
      '-c',
      file,
      '--concurrency',
      '1',
      '--disable-hot-restart',
      '-l',
      'warning',
      '--component-log-level',
      'wasm:info',
    ].concat(['--log-format', '[%l] %v']),
    { stdio: ['ignore', 'inherit', 'pipe'] },
  );
  process.on('exit', () => process_.kill('SIGKILL'));
  createInterface({ input: process_.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    const match = WASM_LINE.exec(line.replace('[warning]', '[warn]'));
    changedAt = Date.now();
    if (match) log.push(`[${match[1]}] ${match[2] ?? match[3]}`);
    else process.stderr.write(`${line}\n`);
  });
  while (!(await accepts(PORT))) await sleep(50);
  return process_;
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

async function quiet(ms: number): Promise<void> {
  changedAt = Date.now();
  while (Date.now() - changedAt < ms) await sleep(5);
}

async function record(setup: Setup): Promise<RecordedConversation[]> {
  const upstream = await ManualServer.start();
  const callout = await ManualServer.start();
  const grpc = await GrpcServer.start();
  let envoyProcess = await start(setup, upstream, callout, grpc);
  const recorded: RecordedConversation[] = [];
  await quiet(300);
  for (const { name, steps } of setup.conversations) {
    process.stdout.write(`${name}\n`);
    log.length = 0;
    const logged: number[] = [];
    let heard = { answer: '', closed: false };
    const leave = await converse(steps, {
      port: PORT,
      upstream,
      callout,
      grpc,
      settle: async () => {
        await quiet(QUIET_MS);
        logged.push(log.length);
      },
      // Each step before was waited for: who has not been spoken to by now will not be.
      reached: async () => {},
      wait: async (ms) => {
        await sleep(ms);
      },
      heard: (answer, closed) => {
        heard = { answer, closed };
        changedAt = Date.now();
      },
    });
    const ports = { gateway: PORT, upstream: upstream.port };
    const tidy = (text: string) => normalize(text, ports);
    recorded.push({
      name,
      steps,
      logged,
      answer: tidy(heard.answer),
      closed: heard.closed,
      upstream: tidy(upstream.seen),
      callout: tidy(callout.seen),
      ...(grpc.seen && { grpc: tidy(grpc.seen) }),
      log: log.map(tidy),
    });
    leave();
    await quiet(QUIET_MS);
    if (await accepts(PORT)) continue;
    (recorded.at(-1) as RecordedConversation).crashed = true;
    envoyProcess = await start(setup, upstream, callout, grpc);
    await quiet(300);
  }
  envoyProcess.kill('SIGKILL');
  await upstream.close();
  await callout.close();
  await grpc.close();
  return recorded;
}

async function main(): Promise<void> {
  const whole: Record<string, RecordedConversation[]> = only.length > 0 ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
  for (const setup of SETUPS) {
    if (only.length > 0 && !only.includes(setup.name)) continue;
    whole[setup.name] = await record(setup);
    process.stdout.write(`${setup.name}: ${whole[setup.name]?.length}\n`);
  }
  writeFileSync(FILE, `${JSON.stringify(whole, null, 1)}\n`);
}

await main();
