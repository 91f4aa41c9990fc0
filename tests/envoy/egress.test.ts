// A user's own documents, as they are: an external host by TLS, and who may call it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { checkFile, joinFiles } from '@tollgate/policies';
import { Authority } from '../support/certificate.js';
import { file, loopback } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { within } from '../support/wait.js';

const egress = readFileSync(new URL('../vectors/istio/egress.yaml', import.meta.url), 'utf8');

const document = (kind: string, name: string, spec: string, labels = '{}') =>
  `apiVersion: tollgate.dev/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: production, labels: ${labels} }\nspec: ${spec}\n`;

const orders = document('Service', 'orders', '{}');
const fast = document('Service', 'fast', '{}', '{ app: high-performance }');
const node = (service: string, port: number) =>
  document('Node', `${service}-1`, `{ services: [${service}], outbound: { listen: ${loopback(port)} } }`);

test('the documents are right, and what is not of this mesh is said', () => {
  const { mistakes, warnings } = joinFiles([checkFile('egress.yaml', file(egress, orders, fast))]);
  assert.deepEqual(mistakes, []);
  assert.deepEqual(
    warnings.map(({ line, message }) => `${line}: ${message}`),
    ['14: there is neither a Service nor a ServiceEntry in namespace istio-system'],
  );
});

describe('an external host by TLS', () => {
  const authority = new Authority();
  const hello = authority.issue({ dns: ['api.external.com'] });
  const proxies: GovernedEnvoy[] = [];
  const application: Server = createServer({ cert: hello.certificate, key: hello.key }, (socket) => {
    socket.on('error', () => {});
    socket.end('from outside');
  });
  const ports = { orders: 0, fast: 0 };

  before(async () => {
    const [ordersPort = 0, fastPort = 0] = await freePorts(2);
    Object.assign(ports, { orders: ordersPort, fast: fastPort });
    const outside = await listen(application);
    const policies = file(egress, orders, fast, node('orders', ports.orders), node('fast', ports.fast));
    for (const name of ['orders-1', 'fast-1'])
      proxies.push(
        await startGoverned({
          policies,
          node: name,
          // The name is nobody's: what it would be resolved to stands in its place.
          adapt: (text) =>
            text.replaceAll(
              '"address":"api.external.com","port_value":443',
              `"address":"127.0.0.1","port_value":${outside}`,
            ),
        }),
      );
  });
  after(async () => {
    await Promise.all(proxies.map(({ envoy }) => envoy.stop()));
    application.close();
  });

  /** What a client of TLS gets that names this server, or how its connection ended. */
  function ask(port: number, servername: string): Promise<string> {
    return within(
      `the end of a connection for ${servername || 'nobody'}`,
      new Promise((resolve) => {
        const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername, ca: authority.certificate });
        let text = '';
        socket.on('data', (bytes) => (text += bytes));
        socket.on('end', () => resolve(text));
        socket.on('error', ({ message }) => resolve(`closed: ${message}`));
      }),
    );
  }

  test('goes, unopened, to whom the client names', async () => {
    assert.equal(await ask(ports.orders, 'api.external.com'), 'from outside');
    assert.equal(await ask(ports.orders, 'API.external.com'), 'from outside');
  });

  test('a connection that names another host, or none, is closed', async () => {
    for (const name of ['other.external.com', 'sub.api.external.com', ''])
      assert.match(await ask(ports.orders, name), /^closed: /, name);
  });

  test('is closed to a service that does not know the host', async () => {
    assert.match(await ask(ports.fast, 'api.external.com'), /^closed: /);
  });

  test('is no host of plain HTTP, which the same listener takes', async () => {
    for (const port of [ports.orders, ports.fast]) {
      const answer = await fetchText(`http://127.0.0.1:${port}/`, { headers: { host: 'api.external.com' } });
      assert.equal(answer.status, 502);
      assert.equal(answer.headers['x-tollgate-reason'], 'unknown_host');
      // Known, and without an instance.
      const known = await fetchText(`http://127.0.0.1:${port}/`, { headers: { host: 'orders' } });
      assert.equal(known.status, 503);
    }
  });

  test('a client that opens a connection and waits is not mistaken for one of TLS', async () => {
    const socket = connectPlain(ports.orders, '127.0.0.1');
    await within('a connection', new Promise((resolve) => socket.once('connect', resolve)));
    socket.write('G');
    socket.write('ET / HTTP/1.1\r\nhost: elsewhere\r\nconnection: close\r\n\r\n');
    let text = '';
    socket.on('data', (bytes) => (text += bytes));
    await within('the answer', new Promise((resolve) => socket.once('end', resolve)));
    assert.match(text, /^HTTP\/1\.1 502 /);
  });
});
