import { setTimeout as sleep } from 'node:timers/promises';
import { bootstrap } from './bootstrap.js';
import { compileStreamProbe } from './compile.js';
import { spawnEnvoy } from './envoy-process.js';
import { type FuzzResult, SILENCE_MS, startFuzzGateway } from './fuzz-gateway.js';
import { normalize } from './normalize.js';
import { exchange } from './raw-client.js';
import { startUpstream } from './raw-upstream.js';

const QUIET_MS = 10;
const LOG_MS_MAX = 2000;

/** Envoy and a gateway, each with the probe; `run` plays a case in both. */
export async function startFuzz(envoyPath: string, port: number) {
  const upstream = await startUpstream();
  const log: string[] = [];
  let changedAt = 0;
  const envoy = await spawnEnvoy(
    envoyPath,
    bootstrap({ wasm: await compileStreamProbe(), endpoints: [upstream.port], port }),
    port,
    (line) => {
      changedAt = Date.now();
      if (line !== undefined) log.push(line);
    },
  );
  const gateway = await startFuzzGateway();
  await sleep(300);

  async function inEnvoy(request: string): Promise<FuzzResult> {
    log.length = 0;
    upstream.seen.length = 0;
    const answer = await exchange(port, request, SILENCE_MS);
    changedAt = Date.now();
    for (const end = Date.now() + LOG_MS_MAX; !log.includes('[info] P delete') && Date.now() < end; ) await sleep(2);
    while (Date.now() - changedAt < QUIET_MS) await sleep(2);
    const tidy = (text: string) => normalize(text, { gateway: port, upstream: upstream.port });
    return { answer: tidy(answer), upstream: upstream.seen.map(tidy), log: log.map(tidy) };
  }

  return {
    async run(request: string): Promise<{ expected: FuzzResult; difference: string | undefined }> {
      const expected = await inEnvoy(request);
      const found = await gateway.run(request, expected);
      return { expected, difference: firstDifference(expected, found) };
    },
    async close(): Promise<void> {
      envoy.kill('SIGKILL');
      await gateway.close();
      await upstream.close();
    },
  };
}

function firstDifference(envoy: FuzzResult, simulator: FuzzResult): string | undefined {
  const lines = ({ answer, upstream, log }: FuzzResult) => [
    ...log,
    ...upstream.flatMap((text) => text.split('\r\n')),
    ...answer.split('\r\n'),
  ];
  const [a, b] = [lines(envoy), lines(simulator)];
  const at = Array.from({ length: Math.max(a.length, b.length) }, (_, index) => index).find(
    (index) => a[index] !== b[index],
  );
  return at === undefined ? undefined : `  Envoy:     ${a[at]}\n  simulator: ${b[at]}`;
}
