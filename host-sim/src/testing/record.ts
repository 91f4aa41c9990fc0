// Records what Envoy answers to the conversations of conversations.ts. By hand, from the root of the workspace:
//   node --import ./tools/ts-node.mjs host-sim/src/testing/record.ts path/to/envoy [setup …]
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootstrap } from './bootstrap.js';
import { compileStreamProbe } from './compile.js';
import { converse, type RecordedConversation } from './conversation.js';
import { inputOf, SETUPS, type Setup } from './conversations.js';
import { accepts, spawnEnvoy } from './envoy-process.js';
import { GrpcServer } from './grpc-server.js';
import { ManualServer } from './manual-server.js';
import { normalize } from './normalize.js';

const PORT = Number(process.env.RECORD_PORT ?? 18400);
/** Nothing has happened for so long: the step has had its effect. A real Envoy says nothing when it is done. */
const QUIET_MS = 40;
const FILE = new URL('./envoy-1.40-streams.json', import.meta.url);
const [envoy = 'envoy', ...only] = process.argv.slice(2);
const log: string[] = [];
let changedAt = 0;

async function start(setup: Setup, upstream: ManualServer, callout: ManualServer, grpc: GrpcServer) {
  const input = inputOf(setup, upstream.port, callout.port, grpc.port);
  const config = bootstrap({ wasm: await compileStreamProbe(), ...input, port: PORT });
  return spawnEnvoy(envoy, config, PORT, (line, whole) => {
    changedAt = Date.now();
    if (line !== undefined) log.push(line);
    else process.stderr.write(`${whole}\n`);
  });
}

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
