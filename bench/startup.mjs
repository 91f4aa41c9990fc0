// From nothing to the first 200: `tollgate run` (reading policies, compiling, starting Envoy with the filters) beside an Envoy
// that is started on a finished bootstrap without any filter. Taken in turns in one run.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { startProgram, workFolder } from '../tools/program.mjs';

const runs = 9;
const pollMs = 3;

export async function startup({ root, envoy }) {
  const env = { ...process.env, ORDERS_SECRET: 's3cret' };
  const tollgate = join(root, 'node_modules/.bin/tollgate');
  const policies = join(root, 'examples/hello.yaml');
  const [name, value] = spawnSync(tollgate, ['token', '-f', policies, '--system', 'orders'], { env })
    .stdout.toString()
    .trim()
    .split(': ');
  const folder = workFolder('tollgate-bench-');
  const bootstrap = join(folder, 'bare.json');
  writeFileSync(bootstrap, JSON.stringify(bareBootstrap(8081)));
  const bare = [];
  const ours = [];
  for (let run = 0; run <= runs; run++) {
    const bareMs = await firstOk(envoy, ['-c', bootstrap, '--disable-hot-restart', '--log-level', 'off'], env, {
      port: 8081,
    });
    const oursMs = await firstOk(tollgate, ['run', '-f', policies, '--echo'], env, {
      port: 8080,
      headers: { [name]: value },
    });
    // The first round only warms the disk's cache.
    if (run > 0) {
      bare.push(bareMs);
      ours.push(oursMs);
    }
  }
  rmSync(folder, { recursive: true });
  return [
    { what: 'bare Envoy, no filter, to its first 200', ms: median(bare) },
    {
      what: 'tollgate run examples/hello.yaml, to its first 200',
      ms: median(ours),
      ratio: median(ours) / median(bare),
    },
  ];
}

/** How long a proxy takes from its start to a 200, in ms. */
export async function firstOk(command, args, env, request) {
  const started = performance.now();
  const child = startProgram(command, args, { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while ((await status(request)) !== 200) {
    if (child.exitCode !== null) throw new Error(`${command} ended before it answered`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const ms = performance.now() - started;
  child.kill('SIGTERM');
  await ended;
  return ms;
}

function status(request) {
  return new Promise((resolve) => {
    const call = get({ host: '127.0.0.1', path: '/', agent: false, ...request }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', () => resolve(0));
  });
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function bareBootstrap(port) {
  const manager = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'bare',
    route_config: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }] },
      ],
    },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
  };
  const listener = {
    name: 'bare',
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    filter_chains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] }],
  };
  return { static_resources: { listeners: [listener] } };
}
