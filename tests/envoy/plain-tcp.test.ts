// Plain TCP from a caller's listener through its proxy and the provider's to the application: who may connect, and how often at
// once. What is refused is closed before the application hears of it.
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { inlineModule } from '@tollgate/envoy';
import { startTollgate } from '../support/cli.js';
import { document, file, loopback } from '../support/documents.js';
import { Folder } from '../support/folder.js';
import { startGoverned } from '../support/governed-envoy.js';
import { stages, startStage } from '../support/governed-stage.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { tinyFilter } from '../support/tiny-filter.js';
import { event, until } from '../support/wait.js';

/** Says everything again, in capitals, and ends when its client does. */
async function startEcho() {
  const open = new Set<Socket>();
  const seen = { connections: 0 };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    seen.connections++;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (bytes) => socket.write(bytes.toString().toUpperCase()));
    socket.on('end', () => socket.end('.'));
  });
  const port = await listen(server);
  after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return { port, seen };
}

class Client {
  received = '';
  closed = false;
  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes) => {
      this.received += bytes;
    });
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await event('a connection', socket, 'connect');
    return new Client(socket);
  }

  async say(text: string): Promise<void> {
    const length = this.received.length + text.length;
    this.socket.write(text);
    await until(`an answer to ${text}, after ${this.received}`, () => this.received.length >= length || this.closed);
  }

  end(): void {
    this.socket.end();
  }

  async ended(): Promise<string> {
    await until('the end of a connection', () => this.closed);
    return this.received;
  }

  /** Whether it is let through: what it says is answered. */
  async passes(): Promise<boolean> {
    await this.say('x');
    return !this.closed;
  }
}

const service = (feed: number) =>
  document(
    'Service',
    'vendors',
    `{ ports: [{ name: feed, port: 7000, protocol: TCP }], instances: [${loopback(feed)}] }`,
  );
const rules = (spec: string) => `{ targetRefs: [{ kind: Service, name: vendors }], ${spec} }`;

for (const stage of stages)
  describe(`plain TCP in the ${stage}`, () => {
    /** Where callers connect, and what the application saw. */
    async function start(...policies: string[]) {
      const { port: to, seen } = await startEcho();
      const [provider = 0, consumer = 0] = await freePorts(2);
      const text = file(
        document('Service', 'orders', '{}'),
        service(provider),
        document(
          'Node',
          'vendors-1',
          `{ services: [vendors], inbound: [{ service: vendors, port: feed, listen: ${loopback(provider)}, to: ${loopback(to)} }] }`,
        ),
        document(
          'Node',
          'orders-1',
          `{ services: [orders], outbound: [{ listen: ${loopback(consumer)}, to: { service: vendors, port: feed } }] }`,
        ),
        ...policies,
      );
      for (const node of ['vendors-1', 'orders-1']) {
        const { stop } = await startStage(stage, { policies: text, node });
        after(stop);
      }
      return { port: consumer, seen };
    }

    test('goes both ways, and each side ends on its own', async () => {
      const { port } = await start();
      const client = await Client.connect(port);
      await client.say('abc');
      await client.say('def');
      client.end();
      assert.equal(await client.ended(), 'ABCDEF.');
    });

    test('is closed for an address that may not come in, at either side', async () => {
      for (const side of ['provider', 'consumer']) {
        const { port, seen } = await start(
          document('AccessPolicy', 'list', rules(`side: ${side}, rules: [{ name: office, allow: [10.0.0.0/8] }]`)),
        );
        assert.equal(await (await Client.connect(port)).ended(), '', side);
        assert.equal(seen.connections, 0, side);
      }
    });

    test('passes for one that may, and where a shadow would refuse it', async () => {
      const { port } = await start(
        document('AccessPolicy', 'list', rules('rules: [{ name: home, allow: [127.0.0.0/8] }]')),
        document('AccessPolicy', 'shadow', rules('mode: shadow, rules: [{ name: nobody, deny: [0.0.0.0/0] }]')),
      );
      assert.equal(await (await Client.connect(port)).passes(), true);
    });

    test('is open so often at once, and a place that is left is free', async () => {
      const { port, seen } = await start(
        document('RateLimitPolicy', 'limits', rules('limits: [{ name: two, key: [service], concurrent: 2 }]')),
      );
      const first = await Client.connect(port);
      const second = await Client.connect(port);
      assert.deepEqual([await first.passes(), await second.passes()], [true, true]);
      assert.equal(await (await Client.connect(port)).ended(), '');
      assert.equal(seen.connections, 2);
      first.end();
      await first.ended();
      await until('the place of the first', async () => (await Client.connect(port)).passes());
    });
  });

test('a filter for connections that fails closes them, and never lets one through', async () => {
  const { port: to, seen } = await startEcho();
  const [listening = 0] = await freePorts(1);
  const trapping = await tinyFilter(
    'export function proxy_on_new_connection(context: u32): u32 { unreachable(); return 0; }',
  );
  const policies = file(
    service(listening),
    document(
      'Node',
      'vendors-1',
      `{ services: [vendors], inbound: [{ service: vendors, listen: ${loopback(listening)}, to: ${loopback(to)} }] }`,
    ),
    document('AccessPolicy', 'list', rules('rules: [{ name: home, allow: [127.0.0.0/8] }]')),
  );
  const wasm = { ...inlineModule(), tcp: { inlineBase64: Buffer.from(trapping).toString('base64') } };
  const { envoy } = await startGoverned({ policies, node: 'vendors-1', wasm });
  after(() => envoy.stop());
  for (let attempt = 0; attempt < 3; attempt++) assert.equal(await (await Client.connect(listening)).ended(), '');
  assert.equal(seen.connections, 0);
});

test('rules for connections change without a new listener, from the first on: what is open stays open', async (context) => {
  const { port: to } = await startEcho();
  const [listening = 0] = await freePorts(1);
  const node = `{ services: [vendors], workers: 1, inbound: [{ service: vendors, listen: ${loopback(listening)}, to: ${loopback(to)} }] }`;
  const folder = new Folder({ 'services.yaml': file(service(listening), document('Node', 'vendors-1', node)) });
  const run = startTollgate(['run', '-f', folder.path, '--watch']);
  context.after(() => run.stop());
  await run.line(/^ready/);
  const open = await Client.connect(listening);
  assert.equal(await open.passes(), true);
  const change = async (spec: string) => {
    const after = run.linesSaid;
    folder.write('access.yaml', document('AccessPolicy', 'list', rules(`rules: [{ name: list, ${spec} }]`)));
    await run.line(/^applied version/, { after });
  };
  await change('allow: [10.0.0.0/8]');
  await until('the new rule', async () => !(await (await Client.connect(listening)).passes()));
  assert.equal(await open.passes(), true);
  await change('allow: [127.0.0.0/8]');
  await until('the rule after that', async () => (await Client.connect(listening)).passes());
  assert.equal(await open.passes(), true);
  assert.doesNotMatch(run.output, /restart/);
});

for (const stage of stages)
  describe(`routes of plain TCP in the ${stage}`, () => {
    /** Where a caller with these labels connects, and the applications of the two services. */
    async function start(labels: string, routes: string) {
      const [vendors, others] = [await startEcho(), await startEcho()];
      const [consumer = 0] = await freePorts(1);
      const tcp = (name: string, port: number) =>
        document(
          'Service',
          name,
          `{ ports: [{ name: feed, port: 7000, protocol: TCP }], instances: [${loopback(port)}] }`,
        );
      const text = file(
        document('Service', 'orders', '{}').replace('name: orders', `name: orders, labels: ${labels}`),
        tcp('vendors', vendors.port),
        tcp('others', others.port),
        document(
          'Node',
          'orders-1',
          `{ services: [orders], outbound: [{ listen: ${loopback(consumer)}, to: { service: vendors, port: feed } }] }`,
        ),
        document('VirtualService', 'feeds', `{ hosts: [vendors], tcp: ${routes} }`).replace(
          'tollgate.dev/v1',
          'networking.istio.io/v1',
        ),
      );
      const { stop } = await startStage(stage, { policies: text, node: 'orders-1' });
      after(stop);
      const connections = async (count: number) => {
        for (let index = 0; index < count; index++) {
          const client = await Client.connect(consumer);
          await client.say('x');
          client.end();
          await client.ended();
        }
        return [vendors.seen.connections, others.seen.connections];
      };
      return { connections };
    }

    const byLabel =
      '[{ match: [{ port: 7000, sourceLabels: { app: new } }], route: [{ destination: { host: others } }] }]';

    test('a caller with the labels is sent elsewhere, another one where it meant', async () => {
      assert.deepEqual(await (await start('{ app: new }', byLabel)).connections(2), [0, 2]);
      assert.deepEqual(await (await start('{ app: old }', byLabel)).connections(2), [2, 0]);
    });

    test('weights share the connections', async () => {
      const route = (host: string, weight: number) => `{ destination: { host: ${host} }, weight: ${weight} }`;
      const { connections } = await start('{}', `[{ route: [${route('vendors', 50)}, ${route('others', 50)}] }]`);
      const [own = 0, other = 0] = await connections(60);
      assert.equal(own + other, 60);
      // Fewer than 10 of 60 by chance: once in ten million times.
      assert.ok(own >= 10 && other >= 10, `${own} and ${other}`);
    });
  });
