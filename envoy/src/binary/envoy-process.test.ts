import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { listen } from '../../../tests/support/listen.js';
import { event, within } from '../../../tests/support/wait.js';
import { type EnvoyProcess, startEnvoy } from './envoy-process.js';
import { findEnvoy } from './find-envoy.js';
import type { LogLine } from './log-line.js';
import { assertPortsFree } from './ports.js';

const root = mkdtempSync(join(tmpdir(), 'tollgate-process-'));
const started: EnvoyProcess[] = [];
after(async () => {
  await Promise.all(started.map((envoy) => envoy.stop()));
  rmSync(root, { recursive: true, force: true });
});

const found = await findEnvoy({ env: process.env, report: (line) => console.log(`# ${line}`) });
const path = 'path' in found ? found.path : '';
const needsEnvoy = { skip: 'missing' in found ? found.missing : false };

function start(bootstrap: string | object, options: Partial<Parameters<typeof startEnvoy>[0]> = {}) {
  const log: LogLine[] = [];
  const envoy = startEnvoy({
    path,
    nodeName: 'tiny',
    bootstrap,
    baseDir: root,
    env: {},
    onLog: (line) => log.push(line),
    ...options,
  });
  started.push(envoy);
  return Object.assign(envoy, { log });
}

/** One listener that answers by itself. */
function tiny(port: number): object {
  const type = (name: string) => ({ '@type': `type.googleapis.com/envoy.extensions.filters.${name}` });
  const route = { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'here' } } };
  const manager = {
    ...type('network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'tiny',
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route] }] },
    http_filters: [{ name: 'router', typed_config: type('http.router.v3.Router') }],
  };
  const listener = {
    name: 'tiny',
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }],
  };
  return { node: { id: 'tiny', cluster: 'tests' }, static_resources: { listeners: [listener] } };
}

async function get(to: { port: number; host: string } | { socketPath: string }, url = '/'): Promise<string> {
  const [response] = await event(`the answer to ${url}`, request({ ...to, path: url, agent: false }).end(), 'response');
  return within(`the body of ${url}`, text(response as IncomingMessage));
}

const directories = () => readdirSync(root).filter((name) => name.startsWith('tollgate-envoy-'));

test('serves from the moment it is ready, and stops', needsEnvoy, async () => {
  const envoy = start(tiny(18_310), { concurrency: 2 });
  const [directory] = directories();
  assert.equal(statSync(join(root, directory ?? '')).mode & 0o777, 0o700);
  await envoy.ready;
  assert.equal(await get({ host: '127.0.0.1', port: 18_310 }), 'here');
  assert.deepEqual(directories(), [], 'the bootstrap is gone as soon as it has been read');

  const [first, second] = await Promise.all([envoy.stop(), envoy.stop()]);
  assert.deepEqual([first.code, first.signal], [0, null]);
  assert.equal(second, first);
  assert.equal(await envoy.stop(), first);
});

test('YAML text serves too, and the admin socket replaces the bootstrap’s', needsEnvoy, async () => {
  const adminSocket = join(root, 'admin.sock');
  const yaml = `# a comment first\n${JSON.stringify({ ...tiny(18_311), admin: { address: { socket_address: { address: '127.0.0.1', port_value: 18_312 } } } })}\n`;
  const envoy = start(yaml, { adminSocket });
  await envoy.ready;
  assert.equal(await get({ socketPath: adminSocket }, '/ready'), 'LIVE\n');
  await assertPortsFree([{ address: '127.0.0.1', port: 18_312 }]);
  await envoy.stop();
});

test('it has the environment it was given and not the whole one', needsEnvoy, async () => {
  process.env.TOLLGATE_TEST_OTHERS_SECRET = 'x';
  const envoy = start(tiny(18_313), { env: { ORDERS_SECRET: 's3cret' } });
  await envoy.ready;
  const names = readFileSync(`/proc/${envoy.pid}/environ`, 'utf8')
    .split('\0')
    .map((entry) => entry.split('=')[0]);
  assert.ok(names.includes('ORDERS_SECRET') && names.includes('PATH'));
  assert.ok(!names.includes('TOLLGATE_TEST_OTHERS_SECRET'));
  await envoy.stop();
});

test('killed with -9: exited tells', needsEnvoy, async () => {
  const envoy = start(tiny(18_314));
  await envoy.ready;
  process.kill(envoy.pid ?? 0, 'SIGKILL');
  const { code, signal } = await within('the end of Envoy', envoy.exited);
  assert.deepEqual({ code, signal }, { code: null, signal: 'SIGKILL' });
  assert.equal((await envoy.stop()).signal, 'SIGKILL');
});

test('it does not outlive a process that is killed with -9', needsEnvoy, async () => {
  const bootstrap = JSON.stringify(tiny(18_320));
  const module = new URL('./envoy-process.ts', import.meta.url).href;
  const code = `const { startEnvoy } = await import('${module}');
    await startEnvoy({ path: '${path}', nodeName: 'orphan', bootstrap: '${bootstrap}', baseDir: '${root}', env: {} }).ready;
    console.log('ready');`;
  const args = [
    ...process.execArgv.filter((argument) => !argument.startsWith('--test')),
    '--input-type=module',
    '-e',
    code,
  ];
  const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await event('the Envoy of another process', parent.stdout, 'data');
  const connection = connect(18_320, '127.0.0.1');
  await event('a connection to it', connection, 'connect');
  parent.kill('SIGKILL');
  // Envoy itself would keep it open for an hour.
  await event('the end of Envoy', connection.resume(), 'close');
});

test('one that does not heed SIGTERM is ended all the same', needsEnvoy, async () => {
  const envoy = start(tiny(18_315));
  await envoy.ready;
  process.kill(envoy.pid ?? 0, 'SIGSTOP');
  assert.equal((await envoy.stop()).signal, 'SIGKILL');
});

test('stopped before it is ready', needsEnvoy, async () => {
  const envoy = start(tiny(18_316));
  await envoy.stop();
  await assert.rejects(envoy.ready, { code: 'envoy_failed' });
  assert.deepEqual(directories(), []);
});

test('a bad bootstrap: ready rejects with Envoy’s words', needsEnvoy, async () => {
  const envoy = start({ static_resources: { lisseners: [] } });
  await assert.rejects(envoy.ready, (error: { code: string; message: string; details: string[] }) => {
    assert.equal(error.code, 'envoy_failed');
    assert.match(error.message, /Envoy of node tiny ended before it was ready \(status 1\): .*lisseners/);
    assert.ok(error.details.some((line) => line.includes('lisseners')));
    return true;
  });
  assert.equal((await within('the end of Envoy', envoy.exited)).code, 1);
  assert.ok(envoy.log.some(({ message }) => message.includes('lisseners')));
  assert.deepEqual(directories(), []);
});

test('a binary that is not there: ready rejects, exited resolves', async () => {
  const envoy = start(tiny(18_317), { path: join(root, 'absent') });
  await assert.rejects(envoy.ready, { code: 'envoy_failed', message: /absent/ });
  assert.notEqual((await within('the end of Envoy', envoy.exited)).code, 0);
  assert.deepEqual(directories(), []);
});

test('the port of another Envoy is found in use before a second one shares it', needsEnvoy, async () => {
  const envoy = start(tiny(18_318));
  await envoy.ready;
  await assert.rejects(assertPortsFree([{ address: '127.0.0.1', port: 18_318 }]), { code: 'port_in_use' });
  await envoy.stop();
  await assertPortsFree([{ address: '127.0.0.1', port: 18_318 }]);
});

test('a port that something else has is told by Envoy too', needsEnvoy, async () => {
  const server = createServer();
  await listen(server, 18_319);
  await assert.rejects(start(tiny(18_319)).ready, { code: 'port_in_use', message: /18319/ });
  server.close();
});
