// What governance costs an Envoy: its own CPU a request, above a listener without filters, beside native filters and the Rust
// SDK for the same policy. One Envoy, one worker, a listener a variant; a baseline stands before every few cells, and the order is
// reversed every other round. A cell is compared with the baseline just before it, since the machine is at times half as fast
// again for some seconds, and medians of that are. CPU and not time: what else runs only adds.
import { rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startProgram, workFolder } from '../tools/program.mjs';
import { cell } from './load.mjs';
import { env } from './policies.mjs';

const cellsABase = 3;
/** Envoy's CPU in a cell: a variant of a millisecond a request would take minutes otherwise. */
const cellUsMax = 2_000_000;

/** Starts an Envoy with these variants, each with a port, and a bare listener named `base`. */
export async function startVariants(envoy, variants) {
  const all = [{ name: 'base', filters: [], headers: variants[0].headers, status: 200 }, ...variants];
  const listening = await Promise.all(all.map(async (variant) => ({ ...variant, port: await freePort() })));
  const folder = workFolder('tollgate-bench-');
  const config = join(folder, 'envoy.json');
  writeFileSync(config, JSON.stringify({ static_resources: { listeners: listening.map(listener) } }));
  const args = ['-c', '1', envoy, '-c', config, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'off'];
  const child = startProgram('taskset', args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const stop = () => {
    child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const variant of listening) await answers(variant, child);
  } catch (cause) {
    stop();
    throw cause;
  }
  return { pid: child.pid, variants: listening, stop };
}

/**
 * µs a request of each round, by variant: its own, and the bare listener's for the same request just before. A credential costs Envoy too:
 * an `authorization` is sent whole and decoded anew with every request, where another header is a number from the second on.
 */
export async function measure({ pid, variants }, { protocol, rounds, requests, progress }) {
  const [bare, ...others] = variants;
  const groups = groupsOf(others);
  const cells = new Map(others.map(({ name }) => [name, { pairs: [], requests: Math.ceil(requests / 10) }]));
  for (let round = 0; round <= rounds; round++) {
    for (const group of round % 2 ? [...groups].reverse() : groups) {
      let baseUs = 0;
      for (const [index, variant] of (round % 2 ? [...group].reverse() : group).entries()) {
        if (index % cellsABase === 0) {
          baseUs = await cell(pid, protocol, requests, { ...bare, headers: variant.headers });
        }
        const own = cells.get(variant.name);
        const us = await cell(pid, protocol, own.requests, variant);
        progress(`${protocol} round ${round} of ${rounds}, ${variant.name}: ${(us - baseUs).toFixed(2)} µs`);
        // The first round warms V8 and the paths of the connections, and shows what is so dear that few requests must do.
        if (round === 0) own.requests = Math.min(requests, Math.ceil(cellUsMax / us));
        else own.pairs.push({ us, baseUs });
      }
    }
  }
  return new Map([...cells].map(([name, { pairs }]) => [name, pairs]));
}

/** Those that are asked with the same headers, together: one baseline serves them. */
function groupsOf(variants) {
  const groups = new Map();
  for (const variant of variants) {
    const headers = JSON.stringify(variant.headers);
    groups.set(headers, [...(groups.get(headers) ?? []), variant]);
  }
  return [...groups.values()];
}

export function quantile(numbers, share) {
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) * share)];
}

/** A listener that answers itself, behind these filters. */
export function listener({ name, port, filters }) {
  const router = {
    name: 'router',
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
  };
  const routes = [{ match: { prefix: '/' }, direct_response: { status: 200 } }];
  const manager = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'bench',
    use_remote_address: true,
    route_config: { virtual_hosts: [{ name: 'default/bench', domains: ['*'], routes }] },
    http_filters: [...filters, router],
  };
  return {
    name,
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }],
  };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Waits until the variant answers as it should: the rules are in force, and a wrong comparison is found before it is made. */
async function answers(variant, child) {
  for (const deadline = Date.now() + 60_000; ; ) {
    try {
      return await ask(variant);
    } catch (error) {
      if (child.exitCode !== null) throw new Error(`Envoy ended: ${error.message}`);
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function ask({ name, port, headers, status }) {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/', headers, agent: false }, (response) => {
      response.resume();
      if (response.statusCode === status) resolve();
      else reject(new Error(`${name} answered ${response.statusCode}, not ${status}`));
    }).once('error', reject);
  });
}
