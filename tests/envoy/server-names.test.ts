// TLS that is passed on unopened, by the name that the client asks for: as entries and VirtualServices say.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect, createServer, type Server } from 'node:tls';
import { Authority } from '../support/certificate.js';
import { document, file, loopback } from '../support/documents.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { within } from '../support/wait.js';

const istio = (kind: string, name: string, spec: string, namespace = 'default') =>
  `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n`;

const entry = (name: string, hosts: string, port: number, number = 443) =>
  istio(
    'ServiceEntry',
    name,
    `{ hosts: ${hosts}, ports: [{ number: ${number}, name: tls, protocol: TLS }], location: MESH_INTERNAL, resolution: STATIC, endpoints: [{ address: 127.0.0.1, ports: { tls: ${port} }, labels: { version: ${name} } }] }`,
  );

const tls = (...routes: string[]) => `tls: [${routes.join(', ')}]`;
const to = (host: string, more = '') => `route: [{ destination: { host: ${host}${more} } }]`;

describe('the name that a client of TLS asks for', () => {
  const authority = new Authority();
  const identity = authority.issue({ dns: ['a.example.com'] });
  const servers: Server[] = [];
  const proxies: GovernedEnvoy[] = [];
  let port = 0;

  /** A server that says its name. */
  async function server(name: string): Promise<number> {
    const made = createServer({ cert: identity.certificate, key: identity.key }, (socket) => {
      socket.on('error', () => {});
      socket.end(name);
    });
    servers.push(made);
    return listen(made);
  }

  before(async () => {
    const [a, b, wild] = [await server('a'), await server('b'), await server('wild')];
    [port = 0] = await freePorts(1);
    const policies = file(
      `${document('Service', 'orders', '{}').replace('name: orders', 'name: orders, labels: { app: orders }')}`,
      document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(port)} } }`),
      entry('a', '[a.example.com, moved.example.com, shared.example.com, kept.example.com, other.example.com]', a),
      entry('b', '[b.example.com]', b),
      entry('wild', '["*.wild.example.com"]', wild, 8443),
      istio(
        'VirtualService',
        'routes',
        `{ hosts: [moved.example.com, shared.example.com, kept.example.com, "*.wild.example.com"], ${tls(
          `{ match: [{ sniHosts: [moved.example.com], port: 443, sourceLabels: { app: orders }, sourceNamespace: default, gateways: [mesh] }], ${to('b.example.com')} }`,
          `{ match: [{ sniHosts: [moved.example.com] }], ${to('nobody.example.com')} }`,
          '{ match: [{ sniHosts: [shared.example.com] }], route: [{ destination: { host: a.example.com }, weight: 50 }, { destination: { host: b.example.com, port: { number: 443 } }, weight: 50 }, { destination: { host: nobody.example.com }, weight: 0 }] }',
          `{ match: [{ sniHosts: [kept.example.com], port: 8443 }, { sniHosts: [kept.example.com], sourceLabels: { app: other } }, { sniHosts: [kept.example.com], sourceNamespace: other }], ${to('b.example.com')} }`,
          `{ match: [{ sniHosts: [one.wild.example.com], port: 8443 }], ${to('b.example.com')} }`,
        )} }`,
      ),
      // Of a subset, which a DestinationRule names.
      istio('DestinationRule', 'a', '{ host: a.example.com, subsets: [{ name: first, labels: { version: a } }] }'),
      istio(
        'VirtualService',
        'subset',
        `{ hosts: [other.example.com], ${tls(`{ match: [{ sniHosts: [other.example.com] }], ${to('a.example.com', ', subset: first')} }`)} }`,
      ),
    );
    proxies.push(await startGoverned({ policies, node: 'orders-1' }));
  });
  after(async () => {
    await Promise.all(proxies.map(({ envoy }) => envoy.stop()));
    for (const each of servers) each.close();
  });

  function ask(servername: string): Promise<string> {
    return within(
      `the end of a connection for ${servername}`,
      new Promise((resolve) => {
        const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
        let text = '';
        socket.on('data', (bytes) => {
          text += bytes;
        });
        socket.on('end', () => resolve(text));
        socket.on('error', () => resolve('closed'));
      }),
    );
  }

  const expected: [name: string, who: string][] = [
    ['a.example.com', 'a'],
    ['b.example.com', 'b'],
    ['x.wild.example.com', 'wild'],
    ['x.y.wild.example.com', 'wild'],
    ['wild.example.com', 'closed'],
    ['nobody.example.com', 'closed'],
    ['moved.example.com', 'b'],
    ['kept.example.com', 'a'],
    ['one.wild.example.com', 'b'],
    ['other.example.com', 'a'],
  ];
  for (const [name, who] of expected) test(`${name}: ${who}`, async () => assert.equal(await ask(name), who));

  test('shares', async () => {
    const answers = new Map<string, number>();
    for (let call = 0; call < 100; call++) {
      const who = await ask('shared.example.com');
      answers.set(who, (answers.get(who) ?? 0) + 1);
    }
    assert.deepEqual([...answers.keys()].sort(), ['a', 'b']);
    // Of 100 fair choices fewer than 20 of one kind come in one of a thousand million runs.
    for (const count of answers.values()) assert.ok(count >= 20, JSON.stringify([...answers]));
  });
});
