// What passes a caller's proxy and the provider's besides plain HTTP/1.1: HTTP/2, gRPC (unary and both streams), WebSocket, each
// at a port of one service, governed by one token policy.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { document, file, loopback } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { stages, startStage } from '../support/governed-stage.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { event, within } from '../support/wait.js';

/** One gRPC message: not compressed, its length, its bytes. */
const framed = (text: string) => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text)]);
};

function unframed(bytes: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 1);
    messages.push(bytes.subarray(at + 5, at + 5 + length).toString());
    at += 5 + length;
  }
  return messages;
}

/** Answers each message with the same in capitals as it comes, then with a status; `/fail` with a status alone. */
function answerGrpc(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  if (headers[':path'] === '/app.Feed/Fail') {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' }, { endStream: true });
    return;
  }
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.on('data', (bytes: Buffer) => {
    for (const message of unframed(bytes)) stream.write(framed(message.toUpperCase()));
  });
  stream.on('end', () => stream.end());
  stream.on('error', () => {});
}

for (const stage of stages)
  describe(`two proxies between a caller and a service with a port for each protocol, in the ${stage}`, () => {
    const proxies: { stop(): Promise<unknown> }[] = [];
    let provider: Record<'http' | 'http2' | 'grpc', number>;
    let consumer = 0;

    const http = createServer((_, response) => response.end('over HTTP/1.1'));
    http.on('upgrade', (_, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nwelcome ');
      socket.on('data', (bytes) => socket.write(bytes.toString().toUpperCase()));
      socket.on('end', () => socket.end());
      socket.on('error', () => {});
    });
    const http2 = createHttp2Server((_, response) => response.end('over HTTP/2'));
    const grpc = createHttp2Server();
    grpc.on('stream', answerGrpc);

    before(async () => {
      const to = [await listen(http), await listen(http2), await listen(grpc)];
      const [a = 0, b = 0, c = 0, out = 0] = await freePorts(4);
      provider = { http: a, http2: b, grpc: c };
      consumer = out;
      const inbound = [a, b, c].map(
        (port, index) =>
          `{ service: vendors, port: ${['http', 'http2', 'grpc'][index]}, listen: ${loopback(port)}, to: ${loopback(to[index] ?? 0)} }`,
      );
      const ports =
        '[{ name: http, port: 80 }, { name: http2, port: 81, protocol: HTTP2 }, { name: grpc, port: 82, protocol: GRPC }]';
      const policies = file(
        document('Service', 'orders', '{}'),
        document(
          'Service',
          'vendors',
          `{ ports: ${ports}, instances: [{ address: 127.0.0.1, port: ${a}, ports: { http2: ${b}, grpc: ${c} } }] }`,
        ),
        document('Node', 'vendors-1', `{ services: [vendors], inbound: [${inbound.join(', ')}] }`),
        document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(out)} } }`),
        document(
          'TokenPolicy',
          'token',
          '{ targetRefs: [{ kind: Service, name: vendors }], systems: [{ id: orders, service: orders, secrets: [{ env: ORDERS_SECRET }] }] }',
        ),
      );
      for (const node of ['vendors-1', 'orders-1'])
        proxies.push(await startStage(stage, { policies, node, env: { ORDERS_SECRET: 's3cret' } }));
    });
    after(async () => {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      for (const server of [http, http2, grpc]) server.close();
    });

    test('the port of the Host chooses; none, or an unknown one, is the first', async () => {
      const asked = async (host: string) =>
        (await fetchText(`http://127.0.0.1:${consumer}/`, { headers: { host } })).text;
      assert.equal(await asked('vendors'), 'over HTTP/1.1');
      assert.equal(await asked('vendors:80'), 'over HTTP/1.1');
      assert.equal(await asked('vendors:81'), 'over HTTP/2');
      assert.equal(await asked('vendors:8081'), 'over HTTP/1.1');
      assert.equal(await asked('vendors.default.svc.cluster.local:81'), 'over HTTP/2');
    });

    /** A gRPC call that is under way. */
    class GrpcCall {
      readonly #session: ClientHttp2Session;
      readonly stream;
      headers: IncomingHttpHeaders & { ':status'?: number } = {};
      trailers: IncomingHttpHeaders = {};
      #bytes = Buffer.alloc(0);

      constructor(port: number, path: string) {
        this.#session = connectHttp2(`http://127.0.0.1:${port}`);
        this.stream = this.#session.request({
          ':method': 'POST',
          ':path': path,
          ':authority': 'vendors:82',
          'content-type': 'application/grpc',
          te: 'trailers',
        });
        this.stream.on('response', (headers) => {
          this.headers = headers;
        });
        this.stream.on('trailers', (trailers) => {
          this.trailers = trailers;
        });
        this.stream.on('data', (bytes) => {
          this.#bytes = Buffer.concat([this.#bytes, bytes]);
        });
      }

      get messages(): string[] {
        return unframed(this.#bytes);
      }

      /** Sends a message and waits until something comes back. */
      async talk(text: string): Promise<void> {
        const answered = event(`an answer to ${text}`, this.stream, 'data');
        this.stream.write(framed(text));
        await answered;
      }

      async ended(): Promise<void> {
        this.stream.end();
        await event('the end of a gRPC call', this.stream, 'close');
        this.#session.close();
      }
    }

    test('gRPC goes through: one message and its answer, with the status behind it', async () => {
      const call = new GrpcCall(consumer, '/app.Feed/Unary');
      await call.talk('one');
      await call.ended();
      assert.deepEqual([call.messages, call.trailers['grpc-status']], [['ONE'], '0']);
    });

    test('gRPC goes through: streams in both directions, each message as it comes', async () => {
      const call = new GrpcCall(consumer, '/app.Feed/Both');
      for (const word of ['one', 'two', 'three']) await call.talk(word);
      assert.deepEqual(call.messages, ['ONE', 'TWO', 'THREE']);
      await call.ended();
      assert.equal(call.trailers['grpc-status'], '0');
    });

    test('gRPC goes through: a status without a message', async () => {
      const call = new GrpcCall(consumer, '/app.Feed/Fail');
      await call.ended();
      assert.equal(call.headers['grpc-status'], '5');
    });

    test('gRPC is refused in its own words where no token comes along', async () => {
      const call = new GrpcCall(provider.grpc, '/app.Feed/Unary');
      await call.ended();
      assert.deepEqual(
        [call.headers[':status'], call.headers['grpc-status'], call.headers['grpc-message']],
        [200, '16', 'token_missing'],
      );
    });

    function upgrade(port: number) {
      const call = request({
        port,
        host: '127.0.0.1',
        headers: { host: 'vendors', connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      });
      call.end();
      return call;
    }

    test('a WebSocket goes through, and both sides say what they like', async () => {
      const [response, socket, first] = (await event('an upgrade', upgrade(consumer), 'upgrade')) as [
        { statusCode: number },
        Socket,
        Buffer,
      ];
      assert.equal(response.statusCode, 101);
      let text = first.toString();
      const echoed = new Promise<void>((resolve) => {
        const look = () => text.endsWith('HELLO') && resolve();
        socket.on('data', (bytes) => {
          text += bytes;
          look();
        });
      });
      socket.write('hello');
      await within('the echo', echoed);
      assert.equal(text, 'welcome HELLO');
      socket.end();
      await event('the end of a WebSocket', socket, 'close');
    });

    test('a WebSocket is refused before it is one where no token comes along', async () => {
      const [response] = (await event('an answer', upgrade(provider.http), 'response')) as [{ statusCode: number }];
      assert.equal(response.statusCode, 401);
    });
  });
