// How many connections and calls a service gets at once, and how long connections live, in Envoy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, constants } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { type Application, startApplication } from '../support/application.js';
import { startCaller, startCallerOf } from '../support/caller.js';
import { document, loopback } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { listen } from '../support/listen.js';
import { RunningProcess } from '../support/running-process.js';
import { event, within } from '../support/wait.js';

const held = { 'x-hold': 'yes' };

async function application(protocol: 'http1' | 'http2' = 'http1'): Promise<Application> {
  const started = await startApplication(0, protocol);
  after(() => started.close());
  return started;
}

const pool = (fields: string) => `trafficPolicy: { connectionPool: { ${fields} } }`;

describe('the limits of a connection pool', () => {
  test('what finds neither a connection nor a place in the queue gets 503 and is told why', async () => {
    const vendors = await application();
    const rule = pool('tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 }');
    const { call, reaches, metric } = await startCaller({ name: 'vendors', ports: [vendors.port], rule });
    const first = call('vendors', '/', { headers: held });
    await vendors.arrived(1);
    const second = call('vendors');
    await reaches('vendors', 'upstream_rq_pending_active', 1);
    const third = await call('vendors');
    assert.equal(third.status, 503);
    assert.equal(third.headers['x-envoy-overloaded'], 'true');
    assert.match(third.text, /overflow/);
    assert.equal(await metric('vendors', 'upstream_rq_pending_overflow'), 1);
    assert.equal(vendors.seen.length, 1);
    vendors.release();
    assert.deepEqual([(await first).status, (await second).status], [200, 200]);
  });

  test('no more calls than http2MaxRequests are under way, in HTTP/1.1 too', async () => {
    const vendors = await application();
    const rule = pool('http: { http2MaxRequests: 2 }');
    const { call } = await startCaller({ name: 'vendors', ports: [vendors.port], rule });
    const both = [call('vendors', '/', { headers: held }), call('vendors', '/', { headers: held })];
    await vendors.arrived(2);
    const { status, headers } = await call('vendors');
    assert.deepEqual([status, headers['x-envoy-overloaded']], [503, 'true']);
    vendors.release();
    await Promise.all(both);
    assert.equal((await call('vendors')).status, 200);
  });

  test('without a rule there is no limit, not even Envoy’s own', async () => {
    const vendors = await application();
    const { call } = await startCaller({ name: 'vendors', ports: [vendors.port] });
    const calls = Array.from({ length: 1100 }, () => call('vendors', '/', { headers: held }));
    await vendors.arrived(calls.length);
    vendors.release();
    const statuses = new Set((await Promise.all(calls)).map(({ status }) => status));
    assert.deepEqual([...statuses], [200]);
  });
});

describe('the connections of a pool', () => {
  /** An application that tells how many connections were made to it. */
  async function counting() {
    let connections = 0;
    const server = createServer((_, response) => response.end()).on('connection', () => connections++);
    const port = await listen(server);
    after(() => server.closeAllConnections());
    after(() => server.close());
    return { port, connections: () => connections };
  }

  test('each carries so many calls and no more', async () => {
    const { port, connections } = await counting();
    const rule = pool('http: { maxRequestsPerConnection: 2 }');
    const { call } = await startCaller({ name: 'vendors', ports: [port], rule });
    for (let each = 0; each < 6; each++) await call('vendors');
    assert.equal(connections(), 3);
  });

  test('an idle one is closed', async () => {
    const { port } = await counting();
    const rule = pool('http: { idleTimeout: 100ms }');
    const { call, becomes, metric } = await startCaller({ name: 'vendors', ports: [port], rule });
    await call('vendors');
    await becomes('vendors', 'upstream_cx_active', 0);
    assert.equal(await metric('vendors', 'upstream_cx_idle_timeout'), 1);
  });

  test('an old one is closed', async () => {
    const { port } = await counting();
    const rule = pool('tcp: { maxConnectionDuration: 100ms }');
    const { call, becomes, metric } = await startCaller({ name: 'vendors', ports: [port], rule });
    await call('vendors');
    await becomes('vendors', 'upstream_cx_active', 0);
    assert.equal(await metric('vendors', 'upstream_cx_max_duration_reached'), 1);
  });

  test('where nobody accepts it is given up after connectTimeout', async () => {
    const rule = pool('tcp: { connectTimeout: 30ms }');
    const { call, metric } = await startCaller({ name: 'vendors', ports: [await deaf()], rule });
    // Far from Envoy's five seconds, and from the thirty milliseconds on a busy machine.
    const { status, text } = await within('an answer in half of the time without a rule', call('vendors'), 2500);
    assert.equal(status, 503);
    assert.match(text, /connection timeout/);
    assert.equal(await metric('vendors', 'upstream_cx_connect_timeout'), 1);
  });
});

/** A port whose process accepts nothing any more and whose queue is full: the kernel drops what comes. */
async function deaf(): Promise<number> {
  const script =
    "const s=require('net').createServer();s.listen({port:0,host:'127.0.0.1',backlog:1},()=>{console.log(s.address().port);process.kill(process.pid,'SIGSTOP')})";
  const child = new RunningProcess(process.execPath, ['-e', script]);
  const port = Number(await child.line(/^\d+$/));
  const sockets: Socket[] = [];
  after(() => {
    for (const socket of sockets) socket.destroy();
    return child.stop('SIGKILL');
  });
  for (let free = true; free; ) {
    const socket = connectTcp(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    free = await within('a connection', event('a connection', socket, 'connect'), 300).then(
      () => true,
      () => false,
    );
  }
  return port;
}

describe('which HTTP is spoken', () => {
  test('h2UpgradePolicy: UPGRADE makes HTTP/2 of HTTP/1.1', async () => {
    const vendors = await application('http2');
    const rule = pool('http: { h2UpgradePolicy: UPGRADE }');
    const { call, metric } = await startCaller({ name: 'vendors', ports: [vendors.port], rule });
    assert.equal((await call('vendors')).status, 200);
    assert.equal(await metric('vendors', 'upstream_cx_http2_total'), 1);
  });

  test('useClientProtocol keeps what the caller speaks', async () => {
    const [http1, http2] = [await application('http1'), await application('http2')];
    const rule = pool('http: { useClientProtocol: true }');
    const { call, port } = await startCaller(
      { name: 'vendors', ports: [http1.port], rule },
      { name: 'modern', ports: [http2.port], rule },
    );
    assert.equal((await call('vendors')).status, 200);
    const session = connect(`http://127.0.0.1:${port}`);
    const stream = session.request({ ':path': '/', ':authority': 'modern' });
    const [headers] = (await event('the answer in HTTP/2', stream, 'response')) as [Record<string, unknown>];
    assert.equal(headers[constants.HTTP2_HEADER_STATUS], 200);
    session.destroy();
    assert.equal(http2.seen.length, 1);
  });
});

test('the users’ connections.yaml does what it says', async () => {
  const yaml = readFileSync(new URL('../vectors/istio/connections.yaml', import.meta.url), 'utf8');
  const [wrong, right] = [await application(), await application()];
  wrong.answerWith({ status: 500, headers: [], body: '' });
  const instances = [wrong, right].map(({ port }) => loopback(port)).join(', ');
  const service = document('Service', 'backend-service', `{ instances: [${instances}] }`);
  const { call, becomes, admin } = await startCallerOf([service, yaml]);
  const { text } = await fetchText(`http://127.0.0.1:${admin}/clusters`);
  const name = 'outbound/default/backend-service/80::default_priority::';
  for (const limit of ['max_connections::100', 'max_pending_requests::1024', 'max_requests::1024'])
    assert.ok(text.includes(`${name}${limit}\n`), limit);
  for (let each = 0; each < 18; each++) await call('backend-service');
  assert.equal(wrong.seen.length, 9);
  await call('backend-service');
  await call('backend-service');
  await becomes('backend-service', 'outlier_detection.ejections_active', 1);
  for (let each = 0; each < 6; each++) assert.equal((await call('backend-service')).status, 200);
});
