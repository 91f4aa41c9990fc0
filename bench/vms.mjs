// node bench/vms.mjs [--services 1,8,32] [--requests 20000] [--rounds 5]
// What it costs that each service of a node has a VM of its own, beside one VM that all of them share: memory, the time to
// the first 200, Envoy's CPU a request.
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startProgram, workFolder } from '../tools/program.mjs';
import { listener, quantile } from './filters.mjs';
import { cpuNs, rssMib } from './load.mjs';
import { env, policy, token } from './policies.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '1,8,32' },
    requests: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
  },
});
const { buildModel, checkFile, formatMistake } = await import(`${root}/model/dist/index.js`);
const { compile, inlined, inlineModule } = await import(`${root}/envoy/dist/index.js`);
const { findEnvoy } = await import(`${root}/envoy/dist/binary/index.js`);
const { path: envoy } = await findEnvoy({ env: process.env, report: () => {} });
const headers = { 'x-tollgate-token': await token(root) };
const streams = 16;
/** Below those from which connections go out: a port that is asked before Envoy has it would be taken by the asking. */
const portMin = 21_000;

/** The plugins of a node with so many services, each in a VM of its own as compiled, or all in one: without what tells VMs apart. */
function plugins(count, shared) {
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  const socket = (port) => ({ address: '127.0.0.1', port });
  const inbound = names.map((service, index) => ({ service, listen: socket(1000 + index), to: socket(5000 + index) }));
  const documents = [
    ...names.map((name) => ['Service', {}, name]),
    ['Node', { services: names, inbound }],
    policy.token,
    policy.limit,
  ].map(([kind, spec, name = 'bench']) =>
    JSON.stringify({ apiVersion: 'tollgate.dev/v1', kind, metadata: { name }, spec }),
  );
  const { model, mistakes } = buildModel([checkFile('bench.yaml', documents.join('\n---\n'))]);
  if (mistakes.length > 0) throw new Error(mistakes.slice(0, 3).map(formatMistake).join('\n'));
  const resources = compile(model, model.of('Node').all[0], {
    version: 'bench',
    wasm: inlineModule(),
  });
  const made = inlined(resources).listeners.map(({ filter_chains: [{ filters }] }) =>
    filters[0].typed_config.http_filters.at(-2),
  );
  if (shared) for (const { typed_config } of made) delete typed_config.config.vm_config.configuration;
  return made;
}

async function start(count, shared) {
  const listeners = plugins(count, shared).map((filter, index) => ({
    name: `l${index}`,
    port: portMin + index,
    filters: [filter],
  }));
  const folder = workFolder('tollgate-bench-');
  const config = join(folder, 'envoy.json');
  writeFileSync(config, JSON.stringify({ static_resources: { listeners: listeners.map(listener) } }));
  const args = ['-c', config, '--disable-hot-restart', '--concurrency', '2', '--log-level', 'off'];
  const began = performance.now();
  const child = startProgram(envoy, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const ports = listeners.map(({ port }) => port);
  await load(ports.at(-1), 1, began);
  const startMs = performance.now() - began;
  for (const port of ports) await load(port, 50, performance.now());
  const stop = async () => {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return { pid: child.pid, ports, startMs, memory: rssMib(child.pid), stop };
}

/** So many requests over one connection; while Envoy starts, until they are answered. */
async function load(port, count, startedAt) {
  for (;;) {
    const client = connect(`http://127.0.0.1:${port}`);
    client.on('error', () => {});
    try {
      await Promise.all(Array.from({ length: Math.min(streams, count) }, (_, lane) => run(client, lane, count)));
      return;
    } catch (error) {
      if (startedAt === undefined || performance.now() - startedAt > 60_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 3));
    } finally {
      client.destroy();
    }
  }
}

async function run(client, lane, count) {
  for (let index = lane; index < count; index += streams)
    await new Promise((resolve, reject) => {
      const request = client.request({ ':path': '/', ...headers });
      request.on('response', (answer) => {
        if (answer[':status'] !== 200) reject(new Error(`the answer was ${answer[':status']}`));
      });
      request.on('error', reject).on('close', resolve).resume();
    });
}

const requests = Number(values.requests);
const rounds = Number(values.rounds);
console.log('services  VMs     start ms  memory MiB  µs a request (quartiles)');
for (const count of values.services.split(',').map(Number)) {
  const kinds = { shared: true, own: false };
  const seen = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, { startMs: [], memory: [], us: [] }]));
  for (let round = 0; round < rounds; round++)
    for (const [kind, shared] of Object.entries(kinds)) {
      const { pid, ports, startMs, memory, stop } = await start(count, shared);
      await load(ports[0], requests / 4);
      const before = cpuNs(pid);
      await load(ports[0], requests);
      seen[kind].us.push((cpuNs(pid) - before) / 1000 / requests);
      seen[kind].startMs.push(startMs);
      seen[kind].memory.push(memory);
      await stop();
    }
  for (const [kind, { startMs, memory, us }] of Object.entries(seen)) {
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(us, share).toFixed(1));
    const cells = [
      quantile(startMs, 0.5).toFixed(0),
      quantile(memory, 0.5).toFixed(1),
      `${middle} (${low} to ${high})`,
    ];
    console.log(`${String(count).padEnd(10)}${kind.padEnd(8)}${cells[0].padEnd(10)}${cells[1].padEnd(12)}${cells[2]}`);
  }
}
