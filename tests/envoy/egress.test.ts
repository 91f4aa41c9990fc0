// A user's own documents, as they are: an external host by TLS, and who may call it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { Gateway } from '@tollgate/host-sim';
import { checkFile, joinFiles } from '@tollgate/policies';
import { Authority } from '../support/certificate.js';
import { file, loopback } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { event, within } from '../support/wait.js';

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

type World = 'Envoy' | 'the simulator';

describe('an external host by TLS', () => {
  const authority = new Authority();
  const hello = authority.issue({ dns: ['api.external.com'] });
  const proxies: GovernedEnvoy[] = [];
  const gateways: Gateway[] = [];
  const application: Server = createServer({ cert: hello.certificate, key: hello.key }, (socket) => {
    socket.on('error', () => {});
    socket.end('from outside');
  });
  const ports: Record<World, { orders: number; fast: number }> = {
    Envoy: { orders: 0, fast: 0 },
    'the simulator': { orders: 0, fast: 0 },
  };

  before(async () => {
    const [ordersPort = 0, fastPort = 0] = await freePorts(2);
    ports.Envoy = { orders: ordersPort, fast: fastPort };
    const outside = await listen(application);
    const policies = file(egress, orders, fast, node('orders', ordersPort), node('fast', fastPort));
    for (const service of ['orders', 'fast'] as const) {
      const proxy = await startGoverned({
        policies,
        node: `${service}-1`,
        // The name is nobody's: what it would be resolved to stands in its place.
        adapt: (text) =>
          text.replaceAll(
            '"address":"api.external.com","port_value":443',
            `"address":"127.0.0.1","port_value":${outside}`,
          ),
      });
      proxies.push(proxy);
      const free = JSON.stringify(proxy.bootstrap).replaceAll(`"port_value":${ports.Envoy[service]}`, '"port_value":0');
      const gateway = await Gateway.start(JSON.parse(free));
      gateways.push(gateway);
      ports['the simulator'][service] = gateway.listeners[0]?.port ?? 0;
    }
  });
  after(async () => {
    await Promise.all([...proxies.map(({ envoy }) => envoy.stop()), ...gateways.map((gateway) => gateway.close())]);
    application.close();
  });

  /** What a client of TLS gets that names this server, or how its connection ended. */
  function ask(port: number, servername: string): Promise<string> {
    return within(
      `the end of a connection for ${servername || 'nobody'}`,
      new Promise((resolve) => {
        const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername, ca: authority.certificate });
        let text = '';
        socket.on('data', (bytes) => {
          text += bytes;
        });
        socket.on('end', () => resolve(text || 'closed: without a word'));
        socket.on('error', ({ message }) => resolve(`closed: ${message}`));
      }),
    );
  }

  for (const world of ['Envoy', 'the simulator'] as const) {
    test(`${world}: goes, unopened, to whom the client names`, async () => {
      assert.equal(await ask(ports[world].orders, 'api.external.com'), 'from outside');
      assert.equal(await ask(ports[world].orders, 'API.external.com'), 'from outside');
    });

    test(`${world}: a connection that names another host, or none, is closed`, async () => {
      for (const name of ['other.external.com', 'sub.api.external.com', ''])
        assert.match(await ask(ports[world].orders, name), /^closed: /, name);
    });

    test(`${world}: is closed to a service that does not know the host`, async () => {
      assert.match(await ask(ports[world].fast, 'api.external.com'), /^closed: /);
    });

    test(`${world}: is no host of plain HTTP, which the same listener takes`, async () => {
      for (const port of Object.values(ports[world])) {
        const answer = await fetchText(`http://127.0.0.1:${port}/`, { headers: { host: 'api.external.com' } });
        assert.equal(answer.status, 502);
        assert.equal(answer.headers['x-tollgate-reason'], 'unknown_host');
        // Known, and without an instance.
        const known = await fetchText(`http://127.0.0.1:${port}/`, { headers: { host: 'orders' } });
        assert.equal(known.status, 503);
      }
    });

    test(`${world}: a call that comes byte by byte is not mistaken for TLS, nor are other bytes`, async () => {
      assert.match(
        await say(ports[world].orders, 'G', 'ET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'),
        /^HTTP\/1\.1 502 /,
      );
      assert.match(await say(ports[world].orders, '\x16no TLS\r\n\r\n'), /^HTTP\/1\.1 400 |^$/);
    });
  }
});

/** All that comes back on a connection to which this is written. */
async function say(port: number, ...texts: string[]): Promise<string> {
  const socket = connectPlain(port, '127.0.0.1');
  await event('a connection', socket, 'connect');
  for (const text of texts) socket.write(text, 'latin1');
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes;
  });
  await event('the end of the answer', socket, 'close');
  return answer;
}
