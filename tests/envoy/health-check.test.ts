// Callers leave out instances whose applications do not answer, which they ask at the provider's proxy: that answers probes
// although it refuses everybody without a token, and lets none of them through.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { connect, createServer as createTcpServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { document, file, loopback } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { startGoverned } from '../support/governed-envoy.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/wait.js';

const often = 'interval: 50ms, timeout: 5s, healthy: 2, unhealthy: 2';
const token = document(
  'TokenPolicy',
  'token',
  '{ targetRefs: [{ kind: Service, name: vendors }], systems: [{ id: orders, service: orders, secrets: [{ env: ORDERS_SECRET }] }] }',
);

/** An application that says its name, and, where it is asked for its health, how it is. */
class Instance {
  healthy = true;
  probes = 0;
  readonly server: Server | Http2Server;
  port = 0;

  constructor(
    readonly name: string,
    protocol: 'HTTP' | 'HTTP2' | 'GRPC',
  ) {
    if (protocol === 'HTTP') this.server = createServer((request, response) => this.#answer(request.url, response));
    else if (protocol === 'HTTP2')
      this.server = createHttp2Server((request, response) => this.#answer(request.url, response));
    else this.server = this.#grpc();
    this.server.on('error', () => {});
  }

  #answer(path: string | undefined, response: { statusCode: number; end(text: string): unknown }): void {
    if (path === '/healthz') this.probes++;
    response.statusCode = path === '/healthz' && !this.healthy ? 500 : 200;
    response.end(this.name);
  }

  /** gRPC's health service: SERVING is 1, NOT_SERVING 2. */
  #grpc(): Http2Server {
    const server = createHttp2Server();
    server.on('stream', (stream, headers) => {
      if (headers[':path'] !== '/grpc.health.v1.Health/Check') {
        stream.respond({ ':status': 200 });
        stream.end(this.name);
        return;
      }
      this.probes++;
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.from([0, 0, 0, 0, 2, 8, this.healthy ? 1 : 2]));
    });
    return server;
  }

  async start(): Promise<this> {
    this.port = await listen(this.server);
    return this;
  }
}

/** Two instances, each behind a proxy of its own, and where callers reach them. */
async function start(protocol: 'HTTP' | 'HTTP2' | 'GRPC', check: string) {
  const instances = [await new Instance('a', protocol).start(), await new Instance('b', protocol).start()];
  const [first = 0, second = 0, consumer = 0] = await freePorts(3);
  const listens = [first, second];
  const inbound = listens.map(
    (port, index) => `{ service: vendors, listen: ${loopback(port)}, to: ${loopback(instances[index]?.port ?? 0)} }`,
  );
  const policies = file(
    document('Service', 'orders', '{}'),
    document(
      'Service',
      'vendors',
      `{ ports: [{ name: main, port: 80, protocol: ${protocol} }], instances: [${listens.map(loopback).join(', ')}], healthCheck: ${check} }`,
    ),
    document('Node', 'vendors-1', `{ services: [vendors], inbound: [${inbound.join(', ')}], workers: 1 }`),
    document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(consumer)} }, workers: 1 }`),
    token,
  );
  for (const node of ['vendors-1', 'orders-1']) {
    const { envoy } = await startGoverned({ policies, node, env: { ORDERS_SECRET: 's3cret' } });
    after(() => envoy.stop());
  }
  after(() => {
    for (const { server } of instances) server.close();
  });
  const call = () => fetchText(`http://127.0.0.1:${consumer}/`, { headers: { host: 'vendors' } });
  /** Who answers, of so many calls as would reach everybody. */
  const answering = async () => {
    const names = new Set<string>();
    for (let calls = 0; calls < 6; calls++) {
      const { status, text } = await call();
      names.add(status === 200 ? text : String(status));
    }
    return [...names].sort().join(' ');
  };
  return { instances, provider: first, answering };
}

describe('a health check', () => {
  for (const protocol of ['HTTP', 'HTTP2', 'GRPC'] as const)
    test(`leaves out instances that fail it, and none for ever: ${protocol}`, async () => {
      const check = protocol === 'GRPC' ? `{ ${often} }` : `{ path: /healthz, ${often} }`;
      const { instances, answering } = await start(protocol, check);
      const [a, b] = instances;
      assert.ok(a && b);
      await until('both to answer', async () => (await answering()) === 'a b');
      a.healthy = false;
      await until('the one to be left out', async () => (await answering()) === 'b');
      b.healthy = false;
      // Nobody is called rather than somebody who is known to fail.
      await until('both to be left out', async () => (await answering()) === '503');
      a.healthy = true;
      b.healthy = true;
      await until('both to answer again', async () => (await answering()) === 'a b');
    });

  test('is answered by the proxy, and lets nobody through', async () => {
    const { instances, provider } = await start('HTTP', '{ path: /healthz, interval: 1h }');
    const [a] = instances;
    assert.ok(a);
    await until('the proxy to have asked', () => a.probes > 0);
    const asked = a.probes;
    const ask = (path: string, agent: string) =>
      fetchText(`http://127.0.0.1:${provider}${path}`, { headers: { host: 'vendors', 'user-agent': agent } });
    const probe = await ask('/healthz', 'Envoy/HC');
    assert.deepEqual([probe.status, probe.text], [200, '']);
    // What anybody else asks is governed, at this path too; and so is what a stranger asks in the name of a probe.
    assert.equal((await ask('/healthz', 'curl')).headers['x-tollgate-reason'], 'token_missing');
    for (const path of ['/', '/healthz/', '/healthz?a', '/healthz/../orders'])
      assert.equal((await ask(path, 'Envoy/HC')).headers['x-tollgate-reason'], 'token_missing', path);
    assert.equal(a.probes, asked);
  });

  test('of plain TCP asks for a connection, and instances without a proxy are asked themselves', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.end('open');
    });
    const tcp = await listen(server);
    const http = await new Instance('a', 'HTTP').start();
    after(() => {
      server.close();
      http.server.close();
    });
    const [nobody = 0, feed = 0, out = 0] = await freePorts(3);
    const ports = '[{ name: http, port: 80 }, { name: feed, port: 81, protocol: TCP }]';
    const instance = (http: number, feed: number) => `{ address: 127.0.0.1, port: ${http}, ports: { feed: ${feed} } }`;
    const policies = file(
      document('Service', 'orders', '{}'),
      document(
        'Service',
        'vendors',
        `{ ports: ${ports}, instances: [${instance(http.port, tcp)}, ${instance(nobody, nobody)}], healthCheck: { path: /healthz, ${often} } }`,
      ),
      document(
        'Node',
        'orders-1',
        `{ services: [orders], outbound: [{ listen: ${loopback(out)} }, { listen: ${loopback(feed)}, to: { service: vendors } }] }`,
      ),
    );
    const { envoy } = await startGoverned({ policies, node: 'orders-1' });
    after(() => envoy.stop());
    const call = (port: number) => fetchText(`http://127.0.0.1:${port}/`, { headers: { host: 'vendors' } });
    for (let calls = 0; calls < 6; calls++) assert.equal((await call(out)).status, 200);
    for (let calls = 0; calls < 6; calls++) {
      const socket = connect(feed, '127.0.0.1');
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes;
      });
      await until('an answer', () => text === 'open');
      socket.destroy();
    }
  });

  test('asks at another port of each instance where one is named', async () => {
    const application = await new Instance('a', 'HTTP').start();
    const health = await new Instance('health', 'HTTP').start();
    after(() => {
      application.server.close();
      health.server.close();
    });
    const [listening = 0, out = 0] = await freePorts(2);
    const policies = file(
      document('Service', 'orders', '{}'),
      document(
        'Service',
        'vendors',
        `{ instances: [${loopback(listening)}], healthCheck: { path: /healthz, port: ${health.port}, ${often} } }`,
      ),
      document(
        'Node',
        'vendors-1',
        `{ services: [vendors], inbound: [{ service: vendors, listen: ${loopback(listening)}, to: ${loopback(application.port)} }] }`,
      ),
      document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(out)} } }`),
      token,
    );
    for (const node of ['vendors-1', 'orders-1']) {
      const { envoy } = await startGoverned({ policies, node, env: { ORDERS_SECRET: 's3cret' } });
      after(() => envoy.stop());
    }
    const call = async () => (await fetchText(`http://127.0.0.1:${out}/`, { headers: { host: 'vendors' } })).status;
    assert.equal(await call(), 200);
    health.healthy = false;
    await until('the instance to be left out', async () => (await call()) === 503);
    assert.equal(application.probes, 0);
  });
});

test('balance: latency sends calls to who answers soonest', async () => {
  let slowMs = 500;
  const names: string[] = [];
  const serve = (name: string, delay: () => number) =>
    createServer((_, response) => {
      names.push(name);
      setTimeout(() => response.end(name), delay());
    });
  const servers = [serve('slow', () => slowMs), serve('fast', () => 0)];
  const ports = [await listen(servers[0] as Server), await listen(servers[1] as Server)];
  after(() => {
    slowMs = 0;
    for (const server of servers) server.close();
  });
  const [out = 0] = await freePorts(1);
  const policies = file(
    document('Service', 'orders', '{}'),
    document('Service', 'vendors', `{ instances: [${ports.map(loopback).join(', ')}], balance: latency }`),
    document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(out)} }, workers: 1 }`),
  );
  const { envoy } = await startGoverned({ policies, node: 'orders-1' });
  after(() => envoy.stop());
  // Four callers, each with one call after the other: in turn, half of the calls would be slow.
  const caller = async () => {
    for (let calls = 0; calls < 50; calls++)
      await fetchText(`http://127.0.0.1:${out}/`, { headers: { host: 'vendors' } });
  };
  await Promise.all([caller(), caller(), caller(), caller()]);
  const slow = names.filter((name) => name === 'slow').length;
  assert.ok(slow < names.length / 4, `${slow} of ${names.length} calls went to the slow instance`);
});
