// What governance costs an Envoy: its own CPU time a request, above a listener without filters, beside native filters for the
// same policy. One Envoy, one worker, a listener a variant; every measurement stands beside a baseline of its own, the order is
// reversed every other round, and the medians are compared. The load comes over loopback and is bounded.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rounds = 9;
const secondsACell = 1;
const connections = 16;
const type = (name) => `type.googleapis.com/envoy.extensions.filters.${name}`;
const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } };

export async function filterCosts({ root, envoy }) {
  const lacking = ['wrk', 'taskset'].filter((tool) => spawnSync(tool, ['--version']).error);
  if (lacking.length > 0) return { missing: `${lacking.join(' and ')} (Debian: apt install wrk util-linux)` };
  const env = { ...process.env, ORDERS_SECRET: 's3cret' };
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
  const { governance, header } = ours({ root, folder, env });
  const variants = variantsOf(governance, header);
  const config = join(folder, 'envoy.json');
  writeFileSync(config, JSON.stringify({ static_resources: { listeners: variants.map(listener) } }));
  // Envoy on one core, the load on another: what the load costs shall not look like Envoy's.
  const args = ['-c', '1', envoy, '-c', config, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'off'];
  const child = spawn('taskset', args, { env, stdio: 'ignore' });
  try {
    for (const variant of variants) await answers(variant);
    return { rows: await measure(child.pid, variants) };
  } finally {
    child.kill('SIGTERM');
    rmSync(folder, { recursive: true });
  }
}

/** The filter as the compiler makes it for a token and a limit, and a header that passes it. */
function ours({ root, folder, env }) {
  const policies = join(folder, 'policies.yaml');
  const limit = '{name: all, key: [service], requests: 4294967295, per: 1s}';
  const text = readFileSync(join(root, 'examples/hello.yaml'), 'utf8').replace(
    /\{name: per-consumer.*\}\]\}/,
    `${limit}]}`,
  );
  writeFileSync(policies, text);
  const tollgate = (...args) => spawnSync(join(root, 'node_modules/.bin/tollgate'), args, { env }).stdout.toString();
  const { bootstrap } = JSON.parse(tollgate('bootstrap', '-f', policies, '--node', 'hello-1', '--json'));
  const manager = bootstrap.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
  const [name, value] = tollgate('token', '-f', policies, '--system', 'orders').trim().split(': ');
  return { governance: manager.http_filters[0], header: { [name]: value } };
}

function variantsOf(governance, header) {
  const principals = [{ header: { name: 'x-tollgate-token', string_match: { exact: header['x-tollgate-token'] } } }];
  const rules = { action: 'ALLOW', policies: { token: { permissions: [{ any: true }], principals } } };
  const bucket = { max_tokens: 4294967295, tokens_per_fill: 4294967295, fill_interval: '1s' };
  const native = [
    { name: 'rbac', typed_config: { '@type': type('http.rbac.v3.RBAC'), rules } },
    {
      name: 'limit',
      typed_config: {
        '@type': type('http.local_ratelimit.v3.LocalRateLimit'),
        stat_prefix: 'limit',
        token_bucket: bucket,
        filter_enabled: always,
        filter_enforced: always,
      },
    },
  ];
  return [
    { what: 'no filter', filters: [], headers: header, status: 200 },
    { what: 'native: rbac on a header + local_ratelimit', filters: native, headers: header, status: 200 },
    {
      what: 'tollgate: token verified (HMAC) + rate limit',
      filters: [governance],
      headers: header,
      status: 200,
      beside: 1,
    },
    { what: 'native: refused, 403', filters: native, headers: {}, status: 403 },
    { what: 'tollgate: refused, 401', filters: [governance], headers: {}, status: 401, beside: 3 },
  ].map((variant, index) => ({ ...variant, port: 8090 + index }));
}

function listener({ port, filters }) {
  const router = { name: 'router', typed_config: { '@type': type('http.router.v3.Router') } };
  const routes = [{ match: { prefix: '/' }, direct_response: { status: 200 } }];
  const manager = {
    '@type': type('network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'bench',
    use_remote_address: true,
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes }] },
    http_filters: [...filters, router],
  };
  return {
    name: `bench-${port}`,
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }],
  };
}

async function measure(pid, variants) {
  const over = variants.map(() => []);
  const [base, ...others] = variants;
  for (let round = 0; round <= rounds; round++) {
    for (const variant of round % 2 ? [...others].reverse() : others) {
      const baseUs = await cell(pid, base);
      const us = await cell(pid, variant);
      // The first round warms V8 and the connections' paths.
      if (round > 0) over[variants.indexOf(variant)].push(us - baseUs);
    }
  }
  return others.map(({ what, beside }) => {
    const us = median(over[variants.findIndex((variant) => variant.what === what)]);
    return { what, us, ratio: beside === undefined ? undefined : us / median(over[beside]) };
  });
}

/** Microseconds of Envoy's CPU a request, under a load that never lets it wait: wrk over keep-alive connections. */
async function cell(pid, { port, headers }) {
  const before = cpuNs(pid);
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const args = [
    '-c',
    '0',
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${secondsACell}s`,
    ...fields,
    `http://127.0.0.1:${port}/`,
  ];
  const { stdout } = spawnSync('taskset', args);
  const [, requests] = /(\d+) requests in/.exec(stdout.toString()) ?? [];
  return (cpuNs(pid) - before) / 1000 / Number(requests);
}

/** What all threads of a process have run, in ns (proc(5), schedstat). */
function cpuNs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    0,
  );
}

function ask({ port, headers, status }) {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/', headers, agent: false }, (response) => {
      response.resume();
      if (response.statusCode === status) resolve();
      else reject(new Error(`${port} answered ${response.statusCode}, not ${status}`));
    }).once('error', reject);
  });
}

async function answers(variant) {
  for (const deadline = Date.now() + 10_000; ; ) {
    try {
      return await ask(variant);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
