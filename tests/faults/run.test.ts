import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { governanceModule } from '@tollgate/envoy';
import { startTollgate } from '../support/cli.js';
import { document, file, loopback, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { envoyUnless } from '../support/fragile-envoy.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { descendants, envoysOf, gone } from '../support/processes.js';
import type { RunningProcess } from '../support/running-process.js';
import { secretTraces } from '../support/secret-traces.js';
import { tinyFilter } from '../support/tiny-filter.js';
import { until } from '../support/wait.js';

const token = (secrets: string) =>
  document('TokenPolicy', 'tokens', `{ side: provider, systems: [{ id: orders, secrets: [${secrets}] }] }`);

/** Two nodes, so that it shows what the fault of one does to the other. */
async function prepared(policy = token('{ env: ORDERS_SECRET }')) {
  const [provider = 0, consumer = 0, application = 0] = await freePorts(3);
  const folder = new Folder({
    'p.yaml': file(
      document('Service', 'orders', '{}'),
      document('Service', 'vendors', `{ instances: [${loopback(provider)}] }`),
      vendorsNode({ listen: provider, to: application }),
      document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(consumer)} } }`),
      policy,
    ),
  });
  return { folder, provider, consumer };
}

function start(context: TestContext, folder: Folder, env: Record<string, string> = {}, ...args: string[]) {
  const run = startTollgate(['run', '-f', folder.path, ...args], { env: { ORDERS_SECRET: 's3cret', ...env } });
  context.after(() => run.stop('SIGKILL'));
  return run;
}

/** Nothing listens where the run did, and the run itself has ended. */
async function nothingLeft({ provider, consumer }: { provider: number; consumer: number }, pids: number[]) {
  await gone(pids);
  for (const port of [provider, consumer])
    await assert.rejects(fetchText(`http://127.0.0.1:${port}/`), { code: 'ECONNREFUSED' });
}

describe('tollgate run ends clearly and leaves nothing behind', () => {
  test('a port in use', async (context) => {
    const mesh = await prepared();
    const other = createServer();
    await listen(other, mesh.consumer);
    context.after(() => other.close());
    const run = start(context, mesh.folder);
    const { status, stderr, stdout } = await run.ended;
    assert.deepEqual([status, stdout], [3, '']);
    assert.match(
      stderr,
      new RegExp(`^tollgate: 127\\.0\\.0\\.1:${mesh.consumer} is in use: stop what listens there \\(ss -ltnp `, 'm'),
    );
    await assert.rejects(fetchText(`http://127.0.0.1:${mesh.provider}/`), { code: 'ECONNREFUSED' });
  });

  test('a SIGTERM while Envoy is still being fetched', async (context) => {
    const mesh = await prepared();
    const bin = new Folder({ python3: '#!/bin/sh\nexec sleep 600\n' });
    chmodSync(bin.file('python3'), 0o755);
    const run = start(context, mesh.folder, {
      PATH: `${bin.path}:/usr/bin:/bin`,
      TOLLGATE_CACHE: bin.file('cache'),
      TOLLGATE_ENVOY: '',
    });
    await run.line(/^fetching Envoy/);
    const pids = descendants(run.pid);
    const { status } = await run.stop('SIGTERM');
    assert.equal(status, 0);
    await nothingLeft(mesh, pids);
  });

  test('tollgate run itself killed with -9: its Envoys go with it', async (context) => {
    const mesh = await prepared();
    const run = start(context, mesh.folder);
    await run.line(/^ready/);
    const pids = descendants(run.pid);
    assert.equal(pids.length, 2);
    await run.stop('SIGKILL');
    await nothingLeft(mesh, pids);
  });

  test('half a .wasm, and a file that is none', async (context) => {
    const mesh = await prepared();
    const whole = Buffer.from(governanceModule());
    for (const bytes of [whole.subarray(0, whole.length / 2), Buffer.from('no module'), Buffer.alloc(0)]) {
      const broken = mesh.folder.write('broken.wasm', bytes);
      const run = start(context, mesh.folder, { TOLLGATE_FILTER: broken });
      const { status, stderr } = await run.ended;
      assert.equal(
        stderr,
        `tollgate: the filter module ${broken} cannot be used: it is not a complete WebAssembly module; rebuild it with: npm run build\n`,
      );
      assert.equal(status, 3);
    }
  });

  test('a .wasm that is no filter: Envoy’s own words', async (context) => {
    const mesh = await prepared();
    const module = mesh.folder.write(
      'other.wasm',
      await tinyFilter('export function proxy_on_configure(root: u32, size: u32): u32 { return 0; }'),
    );
    const run = start(context, mesh.folder, { TOLLGATE_FILTER: module });
    const { status, stderr } = await run.ended;
    assert.equal(status, 3);
    assert.match(
      stderr,
      /^tollgate: Envoy of node (vendors|orders)-1 ended before it was ready \(status 1\): .*[Ww]asm/m,
    );
    await nothingLeft(mesh, []);
  });
});

/** The process id of a node's Envoy: the one that is not the other's. */
async function newEnvoy(run: RunningProcess, others: readonly number[]): Promise<number> {
  let found: number | undefined;
  await until('a new Envoy', () => {
    found = envoysOf(run.pid).find((pid) => !others.includes(pid));
    return found !== undefined;
  });
  return found ?? 0;
}

describe('an Envoy that ends by itself is started again', () => {
  test('killed with -9, again and again: alone, each time later, until SIGTERM', async (context) => {
    const mesh = await prepared();
    const run = start(context, mesh.folder);
    await run.line(/^ready/);
    const [first = 0, other = 0] = envoysOf(run.pid);
    let envoy = first;
    for (const wait of ['0.25', '0.5', '1']) {
      const after = run.linesSaid;
      process.kill(envoy, 'SIGKILL');
      const said = await run.line(/ended/, { after });
      assert.match(
        said,
        new RegExp(`^warning: Envoy of node (vendors|orders)-1 ended \\(signal SIGKILL\\), next try in ${wait} s$`),
      );
      assert.equal(await run.line(/serves again$/, { after }), `${said.split(' ')[4]}: Envoy serves again`);
      envoy = await newEnvoy(run, [envoy, other]);
      assert.equal((await fetchText(`http://127.0.0.1:${mesh.provider}/`)).status, 401);
      assert.equal((await fetchText(`http://127.0.0.1:${mesh.consumer}/`)).status, 502);
    }
    assert.ok(envoysOf(run.pid).includes(other), 'the other one serves on');
    const pids = descendants(run.pid);
    const { status } = await run.stop('SIGTERM');
    assert.equal(status, 0);
    await nothingLeft(mesh, pids);
  });

  test('aborted by its watchdog: that is said, and nothing of the request that did it', async (context) => {
    const mesh = await prepared();
    const module = mesh.folder.write(
      'looping.wasm',
      await tinyFilter(
        'export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 { while (true) {} return 0; }',
      ),
    );
    const run = start(context, mesh.folder, { TOLLGATE_FILTER: module });
    await run.line(/^ready/);
    const before = envoysOf(run.pid);
    const secret = 's3cret-of-0rders';
    const socket = connect(mesh.provider, '127.0.0.1');
    context.after(() => socket.destroy());
    socket.on('error', () => {});
    socket.write(
      `POST /${secret} HTTP/1.1\r\nhost: vendors\r\nauthorization: Bearer ${secret}\r\ncontent-length: 99\r\n\r\n${secret}`,
    );
    await run.line(
      /^warning: Envoy of node vendors-1 ended \(signal SIGABRT from its watchdog, because a thread hung\), next try in 0\.25 s$/,
    );
    await run.line(/^vendors-1: Envoy serves again$/);
    assert.deepEqual(secretTraces(run.output, secret), []);
    assert.match(run.output, /^vendors-1: critical: Caught Aborted/m);
    assert.match(run.output, /^vendors-1: critical: #0: /m);
    assert.equal(envoysOf(run.pid).filter((pid) => before.includes(pid)).length, 1, 'the other one serves on');
    assert.equal((await run.stop()).status, 0);
  });

  test('one that does not start again is tried later, and a SIGTERM meanwhile ends all', async (context) => {
    const mesh = await prepared();
    const broken = mesh.folder.file('broken');
    const run = start(context, mesh.folder, await envoyUnless(broken));
    await run.line(/^ready/);
    mesh.folder.write('broken', '');
    const [envoy = 0, other = 0] = envoysOf(run.pid);
    process.kill(envoy, 'SIGKILL');
    await run.line(
      /^warning: Envoy of node \w+-1 ended before it was ready \(status 7\): no such luck, next try in 0\.5 s$/,
    );
    rmSync(broken);
    await run.line(/serves again$/);
    mesh.folder.write('broken', '');
    const after = run.linesSaid;
    process.kill(await newEnvoy(run, [envoy, other]), 'SIGTERM');
    await run.line(/ended \(status 0\), next try in/, { after });
    await run.line(/\(status 7\): no such luck, next try in/, { after });
    const pids = descendants(run.pid);
    assert.equal((await run.stop('SIGTERM')).status, 0);
    await nothingLeft(mesh, pids);
  });

  test('--json tells it as events', async (context) => {
    const mesh = await prepared();
    const run = start(context, mesh.folder, {}, '--json');
    await run.line(/"event":"ready"/);
    process.kill(envoysOf(run.pid)[0] ?? 0, 'SIGKILL');
    const failed = JSON.parse(await run.line(/"event":"failed"/));
    assert.match(failed.node, /^(vendors|orders)-1$/);
    assert.deepEqual(failed, {
      event: 'failed',
      node: failed.node,
      reason: `Envoy of node ${failed.node} ended (signal SIGKILL)`,
      retryMs: 250,
    });
    assert.deepEqual(JSON.parse(await run.line(/"event":"serves-again"/)), {
      event: 'serves-again',
      node: failed.node,
    });
    assert.equal((await run.stop()).status, 0);
  });
});

describe('secrets that are missing at the start', () => {
  test('a secret file that is not there is named, and the configuration is refused', async (context) => {
    const mesh = await prepared(token('{ file: secrets/orders }'));
    const { status, stderr } = await start(context, mesh.folder).ended;
    assert.equal(status, 3);
    assert.match(
      stderr,
      new RegExp(
        `^warning: the secret file ${mesh.folder.path}/secrets/orders \\(named in \\S+p\\.yaml\\) cannot be read: ENOENT`,
        'm',
      ),
    );
    assert.match(
      stderr,
      /^tollgate: Envoy of node vendors-1 ended before it was ready .*environment variable TOLLGATE_SECRET_TOKENS_ORDERS_1_\w+ is not set/m,
    );
    await nothingLeft(mesh, []);
  });

  test('a variable that is not set, the same', async (context) => {
    const mesh = await prepared();
    const { status, stderr } = await start(context, mesh.folder, { ORDERS_SECRET: '' }).ended;
    assert.equal(status, 3);
    assert.match(stderr, /^warning: the environment variable ORDERS_SECRET is not set$/m);
    assert.match(stderr, /^tollgate: .*environment variable ORDERS_SECRET is not set/m);
  });

  test('one of several is enough, with a warning', async (context) => {
    const mesh = await prepared(token('{ env: ORDERS_SECRET }, { file: secrets/previous }'));
    const run = start(context, mesh.folder);
    await run.line(/^ready/);
    assert.match(run.output, /^warning: the secret file \S+secrets\/previous .* cannot be read: ENOENT/m);
    assert.equal((await fetchText(`http://127.0.0.1:${mesh.provider}/`)).status, 401);
    assert.equal((await run.stop()).status, 0);
  });
});
