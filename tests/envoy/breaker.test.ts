// What only the real Envoy can show: workers that run at the same time, clients that go away, trailers, what it costs nobody.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect as connectHttp2, constants, createServer as createHttp2Server } from 'node:http2';
import { connect, createServer as createSocketServer, type Server } from 'node:net';
import { after, describe, test } from 'node:test';
import { startApplication } from '../support/application.js';
import { document, file, loopback } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { startGoverned } from '../support/governed-envoy.js';
import { listen } from '../support/listen.js';
import { load } from '../support/load.js';
import { freePorts } from '../support/ports.js';
import { event, until } from '../support/wait.js';

const orders = document('Service', 'orders', '{}');

interface Setting {
  breaker: string;
  to: number;
  workers?: number;
  protocol?: string;
}

/** The consumer's proxy alone, straight before the application. */
async function consumer({ breaker, to, workers = 2, protocol = 'HTTP' }: Setting) {
  const [listen = 0, admin = 0] = await freePorts(2);
  const ports = protocol === 'HTTP' ? '' : `ports: [{ name: main, port: ${to}, protocol: ${protocol} }], `;
  const policies = file(
    orders,
    document('Service', 'vendors', `{ ${ports}instances: [${loopback(to)}] }`),
    document(
      'Node',
      'orders-1',
      `{ services: [orders], outbound: { listen: ${loopback(listen)} }, admin: ${loopback(admin)}, workers: ${workers} }`,
    ),
    document(
      'CircuitBreakerPolicy',
      'vendors-breaker',
      `{ targetRefs: [{ kind: Service, name: vendors }], breakers: [${breaker}] }`,
    ),
  );
  const { envoy, log } = await startGoverned({ policies, node: 'orders-1' });
  after(() => envoy.stop());
  const metric = async (name: string) => {
    const { text } = await fetchText(`http://127.0.0.1:${admin}/stats?filter=${name}`);
    return Number(new RegExp(`${name}: (\\d+)`).exec(text)?.[1] ?? 0);
  };
  return { port: listen, metric, log };
}

const get = (port: number, path = '/') =>
  fetchText(`http://127.0.0.1:${port}${path}`, { headers: { host: 'vendors' } });

describe('the breaker in Envoy', () => {
  test('after so many failures from parallel connections, both workers refuse, and nothing more goes upstream', async () => {
    const application = await startApplication();
    after(() => application.close());
    const { port, metric, log } = await consumer({
      to: application.port,
      breaker: '{ name: default, trip: { consecutiveFailures: 100 }, open: { for: 1h } }',
    });
    const failing = (count: number) =>
      Array.from({ length: count }, () => ({ path: '/status/503', headers: { host: 'vendors' } }));
    await load({ port, connections: 8, requests: failing(99) });
    assert.equal(application.seen.length, 99);
    assert.equal(await metric('tollgate.breaker.opened'), 0);
    assert.equal((await get(port, '/status/503')).headers['x-tollgate-reason'], undefined);
    await load({ port, connections: 8, requests: failing(400) });
    // Connections spread over both workers: none of them let one through.
    assert.equal(application.seen.length, 100);
    assert.equal(await metric('tollgate.breaker.opened'), 1);
    assert.equal(await metric('tollgate.breaker.breaker_open'), 400);
    assert.match(
      log.join('\n'),
      /breaker vendors-breaker\/default for default\/vendors opened for 3600000 ms: 100 failures in a row/,
    );
  });

  test('under load it opens once, and lets no more through than were on their way', async () => {
    const application = await startApplication();
    after(() => application.close());
    const { port, metric } = await consumer({
      to: application.port,
      breaker: '{ name: default, window: 2h, trip: { failurePercent: 50, requestsMin: 200 }, open: { for: 1h } }',
    });
    const requests = Array.from({ length: 1000 }, () => ({ path: '/status/500', headers: { host: 'vendors' } }));
    const counts = await load({ port, connections: 16, requests });
    const passed = counts.get(500) ?? 0;
    assert.ok(passed >= 200 && passed < 200 + 16, `${passed} passed`);
    assert.equal((counts.get(503) ?? 0) + passed, 1000);
    assert.equal(await metric('tollgate.breaker.opened'), 1);
  });

  test('a probe whose client goes away gives its place back at once', async () => {
    let answering: number | 'silent' = 503;
    let probed = false;
    const server = createServer((_, response) => {
      if (answering === 'silent') probed = true;
      else response.writeHead(answering).end();
    });
    const to = await listening(server);
    after(() => server.closeAllConnections());
    // Only a client that is heard of frees the place: the lease lasts as long as `slowAfter`.
    const trip = '{ consecutiveFailures: 1, slowPercent: 100, slowAfter: 1h }';
    const breaker = `{ name: default, trip: ${trip}, open: { for: 1ms, forMax: 1h } }`;
    const { port } = await consumer({ to, workers: 1, breaker });
    assert.equal((await get(port)).status, 503);
    answering = 'silent';
    const client = connect(port, '127.0.0.1');
    const ask = () => client.write('GET / HTTP/1.1\r\nhost: vendors\r\n\r\n');
    // A fast machine asks within the millisecond for which the breaker is open: then it is refused, and asks again.
    client.on('data', ask);
    ask();
    await until('a probe to reach the application', () => probed);
    const refused = await get(port);
    assert.equal(refused.headers['x-tollgate-reason'], 'breaker_open');
    // The hour of the lease, less what was taken of it.
    assert.ok(Number(refused.headers['retry-after']) > 3000, String(refused.headers['retry-after']));
    client.destroy();
    answering = 200;
    // The proxy hears of the client's end a little later than the client.
    await until('the place of the probe to be free', async () => {
      const { status, headers } = await get(port);
      if (status !== 200) assert.equal(headers['x-tollgate-reason'], 'breaker_open');
      return status === 200;
    });
  });

  test('a connection that is refused is a failure to gRPC callers too', async () => {
    const [nobody = 0] = await freePorts(1);
    const { port } = await consumer({
      to: nobody,
      breaker: '{ name: default, trip: { consecutiveFailures: 2 }, failures: { statuses: [] }, open: { for: 1h } }',
    });
    const grpc = () =>
      fetchText(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { host: 'vendors', 'content-type': 'application/grpc' },
      });
    for (let count = 0; count < 2; count++) {
      const { headers } = await grpc();
      assert.equal(headers['grpc-status'], '14');
      assert.equal(headers['x-tollgate-reason'], undefined);
    }
    assert.equal((await grpc()).headers['x-tollgate-reason'], 'breaker_open');
  });

  test('an upstream that does not speak HTTP has given no answer', async () => {
    const server = createSocketServer((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n\r\n')));
    const { port } = await consumer({
      to: await listening(server),
      breaker: '{ name: default, trip: { consecutiveFailures: 1 }, failures: { statuses: [] }, open: { for: 1h } }',
    });
    assert.equal((await get(port)).headers['x-tollgate-reason'], undefined);
    assert.equal((await get(port)).headers['x-tollgate-reason'], 'breaker_open');
  });

  test('a gRPC caller that cancels is no failure, an upstream that breaks off before the trailers is one', async () => {
    const server = createHttp2Server();
    server.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      if (headers[':path'] === '/break') stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      else stream.write('x');
    });
    const { port, metric } = await consumer({
      to: await listening(server),
      workers: 1,
      protocol: 'GRPC',
      breaker: '{ name: default, trip: { consecutiveFailures: 1 }, failures: { grpc: [UNKNOWN] }, open: { for: 1h } }',
    });
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    after(() => session.destroy());
    const call = (path: string) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        ':authority': 'vendors',
        'content-type': 'application/grpc',
      });
      stream.on('error', () => {});
      return stream;
    };
    const cancelled = call('/');
    await event('the first message of the answer', cancelled, 'data');
    cancelled.close(constants.NGHTTP2_CANCEL);
    // In order on one connection: when this one has its answer, the cancellation was seen.
    await event('the first message of the answer', call('/'), 'data');
    assert.equal(await metric('tollgate.breaker.opened'), 0);
    await event('the end of the broken answer', call('/break').resume(), 'close');
    await until('the breaker to have opened', async () => (await metric('tollgate.breaker.opened')) === 1);
  });

  test('a gRPC status in the trailers counts, and the next call is refused', async () => {
    const server = createHttp2Server();
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '14' }));
      stream.end('x');
    });
    const { port } = await consumer({
      to: await listening(server),
      protocol: 'GRPC',
      breaker:
        '{ name: default, trip: { consecutiveFailures: 30 }, failures: { grpc: [UNAVAILABLE] }, open: { for: 1h } }',
    });
    const headers = { host: 'vendors', 'content-type': 'application/grpc', te: 'trailers' };
    for (let count = 0; count < 30; count++) {
      const answer = await fetchText(`http://127.0.0.1:${port}/`, { method: 'POST', headers });
      assert.equal(answer.headers['x-tollgate-reason'], undefined);
    }
    const answer = await fetchText(`http://127.0.0.1:${port}/`, { method: 'POST', headers });
    assert.equal(answer.headers['x-tollgate-reason'], 'breaker_open');
    assert.equal(answer.headers['grpc-status'], '14');
  });
});

function listening(server: Server): Promise<number> {
  after(() => server.close());
  return listen(server);
}
