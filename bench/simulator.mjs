// The simulator's own speed: how long until a filter answers its first request, and how many it answers in a second.
//   node bench/simulator.mjs
import { readFileSync } from 'node:fs';
import { compile, governanceModulePath } from '@tollgate/envoy';
import { buildModel, checkFile, findNode } from '@tollgate/model';

const seconds = 3;
const policies = `
apiVersion: tollgate.dev/v1
kind: Service
metadata: { name: vendors }
spec: { instances: [{ address: 127.0.0.1, port: 1 }] }
---
apiVersion: tollgate.dev/v1
kind: Node
metadata: { name: vendors-1 }
spec: { services: [vendors], inbound: [{ service: vendors, listen: { address: 127.0.0.1, port: 1 }, to: { address: 127.0.0.1, port: 2 } }] }
---
apiVersion: tollgate.dev/v1
kind: AccessPolicy
metadata: { name: addresses }
spec: { targetRefs: [{ kind: Service, name: vendors }], rules: [{ name: all, allow: [203.0.113.0/24] }] }
---
apiVersion: tollgate.dev/v1
kind: RateLimitPolicy
metadata: { name: limits }
spec: { targetRefs: [{ kind: Service, name: vendors }], limits: [{ name: all, key: [address], requests: 4000000000, per: 1m }] }
`;

/** What the compiler tells the filter on the provider's side. */
function configuration() {
  const { model } = buildModel([checkFile('bench.yaml', policies)]);
  const { listeners } = compile(model, findNode(model.nodes, 'vendors-1'), { version: '1', wasm: { path: 'x' } });
  const manager = listeners[0].filter_chains[0].filters[0].typed_config;
  return manager.http_filters[0].typed_config.config.configuration.value;
}

const milliseconds = (from) => (performance.now() - from).toFixed(1);

let from = performance.now();
const { Host } = await import('@tollgate/host-sim');
console.log(`import of the simulator        ${milliseconds(from)} ms`);
const wasm = new Uint8Array(readFileSync(governanceModulePath()));
const config = configuration();
const properties = { 'xds.virtual_host_name': 'default/vendors' };
const load = (options = {}) => Host.load(wasm, { config, properties, ...options });

async function first(name) {
  from = performance.now();
  const { status } = await (await load()).request({ path: '/vendors/1' });
  if (status !== 200) throw new Error(`the filter answered ${status}`);
  console.log(
    `${name} ${milliseconds(from)} ms from Host.load to the first answer (${(wasm.length / 1024).toFixed(0)} KiB)`,
  );
}
await first('cold start                    ');
await first('warm start                    ');

async function throughput(name, options) {
  const sim = await load({ logLevel: 'warn', ...options });
  const run = async (ms) => {
    const end = performance.now() + ms;
    let count = 0;
    while (performance.now() < end) {
      for (let batch = 0; batch < 50; batch++) await sim.request({ path: '/vendors/1', headers: [['x-tenant', 'a']] });
      count += 50;
    }
    return count;
  };
  await run(seconds * 500);
  // By CPU, so that whatever else runs on the machine does not count.
  const before = process.cpuUsage();
  const count = await run(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  console.log(`${name} ${Math.round(count / ((user + system) / 1e6))} requests a second of one core`);
}
await throughput('governance, no conversation   ', { trace: false });
await throughput('governance, steps not counted ', { trace: false, stepsMax: 0 });
await throughput('governance, conversation kept ', {});
