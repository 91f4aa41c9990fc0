// What a client may take of a listener: how long a request may be on its way, how long a stream may be silent, and over HTTP/2
// how many streams.
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { dawdle } from '../support/dawdler.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { stages, startStage } from '../support/governed-stage.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { event, within } from '../support/wait.js';

const limit = document('RateLimitPolicy', 'limits', '{ limits: [{ name: flight, key: [service], concurrent: 1 }] }');

const afterTheBody: RequestListener = (request, response) => {
  request.on('data', () => {});
  request.on('end', () => response.end());
};

async function start(
  stage: (typeof stages)[number],
  node: string,
  application: RequestListener,
  ...policies: string[]
): Promise<number> {
  const server = createServer(application);
  const to = await listen(server);
  const [port = 0] = await freePorts(1);
  const documents = [document('Service', 'vendors', '{}'), vendorsNode({ listen: port, to }, `, workers: 1, ${node}`)];
  const { stop } = await startStage(stage, { policies: file(...documents, ...policies), node: 'vendors-1' });
  after(async () => {
    await stop();
    server.close();
    server.closeAllConnections();
  });
  return port;
}

for (const stage of stages)
  describe(`the time of a client, in the ${stage}`, () => {
    for (const protocol of ['HTTP/1.1', 'HTTP/2'] as const)
      test(`a body that never comes ends the request, and its place is free again: ${protocol}`, async () => {
        const port = await start(stage, 'timeouts: { request: 1s }', afterTheBody, limit);
        const dawdler = dawdle(port, '/', protocol);
        assert.equal(await dawdler.status(), 408);
        assert.equal((await fetchText(`http://127.0.0.1:${port}/`)).status, 200);
        dawdler.leave();
      });

    test('a silent stream ends; an application that says nothing is the gateway’s failure', async () => {
      const port = await start(stage, 'timeouts: { idle: 1s }', () => {});
      const answer = await fetchText(`http://127.0.0.1:${port}/`);
      assert.deepEqual([answer.status, answer.text], [504, 'stream timeout']);
    });

    test('an answer that has begun takes as long as it likes', async () => {
      let finish = () => {};
      const port = await start(stage, 'timeouts: { request: 1s }', (request, response) => {
        if (request.url !== '/long') return;
        response.write('first ');
        finish = () => response.end('last');
      });
      const answer = fetchText(`http://127.0.0.1:${port}/long`);
      // By then more than the time of a request is over.
      const dawdler = dawdle(port, '/never');
      assert.equal(await dawdler.status(), 408);
      finish();
      assert.equal((await answer).text, 'first last');
    });
  });

describe('what a client may ask of an Envoy', () => {
  test('a head that is never complete ends', async () => {
    const port = await start('envoy', 'timeouts: { headers: 1s }', (_, response) => response.end());
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: vendors\r\n');
    const [answer] = (await event('an answer', socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 408 /);
    socket.destroy();
  });

  for (const [written, streams] of [
    ['', 100],
    ['http2: { concurrentStreams: 7 }', 7],
  ] as const)
    test(`a connection carries ${streams} streams${written ? ', as the node says' : ''}`, async () => {
      const port = await start('envoy', written || 'timeouts: {}', (_, response) => response.end());
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      const [settings] = (await event('the settings', session, 'remoteSettings')) as [{ maxConcurrentStreams: number }];
      assert.equal(settings.maxConcurrentStreams, streams);
      session.destroy();
    });
});

/** One HTTP/2 request whose values go as they are: clients of Node trim them. HPACK literals without indexing (RFC 7541 §6.2.2). */
async function rawHttp2(port: number, headers: [string, string][]): Promise<Buffer> {
  const frame = (type: number, flags: number, stream: number, payload: Buffer) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const text = (value: string) => Buffer.from([value.length, ...Buffer.from(value, 'latin1')]);
  const pseudo: [string, string][] = [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'vendors'],
  ];
  const block = [...pseudo, ...headers].flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]);
  const socket = connect(port, '127.0.0.1');
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(Buffer.concat([frame(4, 0, 0, Buffer.alloc(0)), frame(1, 5, 1, Buffer.concat(block))]));
  const chunks: Buffer[] = [];
  // The answer ends its stream: a frame of stream 1 with END_STREAM.
  const answered = new Promise<Buffer>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      for (let at = 0; at + 9 <= all.length; at += 9 + all.readUIntBE(at, 3)) {
        const whole = at + 9 + all.readUIntBE(at, 3) <= all.length;
        if (whole && all.readUInt32BE(at + 5) === 1 && ((all[at + 4] ?? 0) & 1) === 1 && (all[at + 3] ?? 9) <= 1)
          resolve(all);
      }
    });
  });
  return within('the answer over HTTP/2', answered).finally(() => socket.destroy());
}

test('blanks around a value of HTTP/2 hide it from no rule', async () => {
  const rule = '{ name: admins, match: [{ headers: { x-role: { exact: admin } } }], deny: [0.0.0.0/0, "::/0"] }';
  const port = await start(
    'envoy',
    'timeouts: {}',
    (_, response) => response.end('the application'),
    document('AccessPolicy', 'access', `{ rules: [${rule}] }`),
  );
  for (const role of ['admin', 'admin ', ' admin', '\tadmin\t', ' \t admin \t ']) {
    const answer = await rawHttp2(port, [['x-role', role]]);
    assert.match(answer.toString('latin1'), /address_denied/, JSON.stringify(role));
  }
  const answer = await rawHttp2(port, [['x-role', 'a dmin']]);
  assert.match(answer.toString('latin1'), /the application/);
});
