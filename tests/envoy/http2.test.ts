import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { type Application, startApplication } from '../support/application.js';
import { document, file, loopback, vendorsNode } from '../support/documents.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { freePorts } from '../support/ports.js';
import { within } from '../support/wait.js';

interface Answer {
  headers: IncomingHttpHeaders & { ':status'?: number };
  body: string;
  /** Trailers would be a second block of headers. */
  trailers: IncomingHttpHeaders | undefined;
}

/** One call over HTTP/2 with prior knowledge: no upgrade, no TLS. */
async function call(port: number, headers: OutgoingHttpHeaders): Promise<Answer> {
  const session: ClientHttp2Session = connect(`http://127.0.0.1:${port}`);
  try {
    const answered = new Promise<Answer>((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request(headers);
      const answer: Answer = { headers: {}, body: '', trailers: undefined };
      stream.on('response', (received) => {
        answer.headers = received;
      });
      stream.on('trailers', (received) => {
        answer.trailers = received;
      });
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        answer.body += chunk;
      });
      stream.on('end', () => resolve(answer));
      stream.on('error', reject);
      stream.end();
    });
    return await within(`the answer to ${headers[':path']}`, answered);
  } finally {
    session.close();
  }
}

describe('HTTP/2 with prior knowledge', () => {
  let application: Application;
  const proxies: GovernedEnvoy[] = [];
  let provider = 0;
  let consumer = 0;
  before(async () => {
    application = await startApplication();
    [provider = 0, consumer = 0] = await freePorts(2);
    const token =
      '{ targetRefs: [{ kind: Service, name: vendors }], systems: [{ id: orders, service: orders, secrets: [{ env: ORDERS_SECRET }] }] }';
    const limit =
      '{ targetRefs: [{ kind: Service, name: vendors }], limits: [{ name: few, match: [{ path: { prefix: /few } }], key: [service], requests: 1, per: 1m }] }';
    const policies = file(
      document('Service', 'orders', '{}'),
      document('Service', 'vendors', `{ instances: [${loopback(provider)}] }`),
      vendorsNode({ listen: provider, to: application.port }),
      document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(consumer)} } }`),
      document('TokenPolicy', 'vendors-token', token),
      document('RateLimitPolicy', 'vendors-limits', limit),
    );
    for (const node of ['vendors-1', 'orders-1'])
      proxies.push(await startGoverned({ policies, node, env: { ORDERS_SECRET: 's3cret' } }));
  });
  after(async () => {
    await Promise.all(proxies.map(({ envoy }) => envoy.stop()));
    await application?.close();
  });

  test('outbound takes it and routes by :authority; the call arrives signed', async () => {
    const { headers, body } = await call(consumer, { ':path': '/vendors/7', ':authority': 'vendors:80' });
    assert.deepEqual([headers[':status'], body], [200, 'hello from the application\n']);
  });

  test('inbound takes it, and refuses with the JSON answer', async () => {
    const { headers, body } = await call(provider, { ':path': '/vendors/7' });
    assert.equal(headers[':status'], 401);
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(body), {
      error: 'unauthorized',
      reason: 'token_missing',
      filter: 'token',
      rule: 'vendors-token/default',
      requestId: headers['x-request-id'] ?? JSON.parse(body).requestId,
    });
  });

  for (const type of ['application/grpc', 'application/grpc+proto']) {
    test(`a gRPC caller (${type}) gets a gRPC answer: 200, grpc-status, grpc-message, no body`, async () => {
      const answer = await call(provider, {
        ':method': 'POST',
        ':path': '/vendors.Vendors/Get',
        'content-type': type,
        te: 'trailers',
      });
      assert.equal(answer.headers[':status'], 200);
      assert.equal(answer.headers['content-type'], 'application/grpc');
      assert.deepEqual([answer.headers['grpc-status'], answer.headers['grpc-message']], ['16', 'token_missing']);
      assert.equal(answer.headers['x-tollgate-reason'], 'token_missing');
      assert.deepEqual(
        [answer.body, answer.trailers],
        ['', undefined],
        'trailers only: one block of headers ends the stream',
      );
    });
  }

  test('a gRPC caller over the limit: RESOURCE_EXHAUSTED with retry-after', async () => {
    const grpc = {
      ':method': 'POST',
      ':path': '/few/Get',
      ':authority': 'vendors',
      'content-type': 'application/grpc',
      te: 'trailers',
    };
    assert.equal((await call(consumer, grpc)).headers['grpc-status'], undefined, 'the application answers the first');
    const { headers } = await call(consumer, grpc);
    assert.deepEqual([headers[':status'], headers['grpc-status'], headers['grpc-message']], [200, '8', 'rate_limited']);
    // Less by what the calls before it took.
    assert.ok(Number(headers['retry-after']) > 0, headers['retry-after']);
  });

  test('application/grpc-web is no gRPC', async () => {
    const { headers } = await call(provider, {
      ':method': 'POST',
      ':path': '/x',
      'content-type': 'application/grpc-web',
    });
    assert.equal(headers[':status'], 401);
  });
});
