import assert from 'node:assert/strict';
import { connect as connectHttp2, createServer as createHttp2, type Http2Server } from 'node:http2';
import { connect, createServer, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type Application, rawHttp, startApplication } from '@tollgate/scenario';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { listen } from '../support/listen.js';
import { event } from '../support/wait.js';
import { stableHeaders, startBoth } from './gateway-proxies.js';

interface Answer {
  headers: [string, string][];
  trailers: [string, string][];
  body: string;
  reset: number;
}

const pairs = (raw: string[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as [string, string]] : []));

/** One request over a connection of its own, with prior knowledge. */
async function overHttp2(
  port: number,
  fields: Record<string, string | string[]>,
  { body = '', trailers }: { body?: string; trailers?: Record<string, string> } = {},
): Promise<Answer> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const end = body === '' && !trailers;
  const stream = session.request(
    { ':authority': 'vendors', ...fields },
    { endStream: end, waitForTrailers: trailers !== undefined },
  );
  if (trailers) stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  if (!end) stream.end(body);
  const answer: Answer = { headers: [], trailers: [], body: '', reset: 0 };
  stream.on('response', (_headers, _flags, raw?: string[]) => {
    answer.headers = stableHeaders(pairs(raw ?? []), port);
  });
  stream.on('trailers', (_headers, _flags, raw?: string[]) => {
    answer.trailers = pairs(raw ?? []);
  });
  stream.on('data', (chunk) => {
    answer.body += chunk;
  });
  stream.on('error', () => {});
  await event(`the end of the answer to ${fields[':path']}`, stream, 'close');
  answer.reset = stream.rstCode ?? 0;
  session.close();
  return answer;
}

interface SeenHttp2 {
  headers: [string, string][];
  body: string;
  trailers: [string, string][];
}

/** Answers with a body and trailers; `/reset` and `/refuse` end the stream with an error. */
async function http2Application(): Promise<{ port: number; seen: SeenHttp2[]; server: Http2Server }> {
  const seen: SeenHttp2[] = [];
  const server = createHttp2();
  server.on('stream', (stream, headers, _flags, raw?: string[]) => {
    stream.on('error', () => {});
    const path = headers[':path'];
    if (path === '/reset') return stream.close(2);
    if (path === '/refuse') return stream.close(7);
    const entry: SeenHttp2 = { headers: pairs(raw ?? []), body: '', trailers: [] };
    stream.on('data', (chunk) => {
      entry.body += chunk;
    });
    stream.on('trailers', (_trailers, _some, rawTrailers?: string[]) => {
      entry.trailers = pairs(rawTrailers ?? []);
    });
    stream.on('end', () => {
      seen.push(entry);
      if (path === '/short') {
        stream.respond({ ':status': 204 }, { endStream: true });
        return;
      }
      stream.respond({ ':status': 200, 'x-many': ['a', 'b'] }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'x-checked': 'yes', 'grpc-status': '0' }));
      stream.end(`got ${entry.body.length}`);
    });
  });
  return { port: await listen(server), seen, server };
}

/** Takes a WebSocket upgrade and echoes all bytes that follow; a path of `/no` is refused. */
async function echoServer(): Promise<{ port: number; heads: string[]; server: Server }> {
  const heads: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (chunk) => {
      const text = chunk.toString('latin1');
      heads.push(text.slice(0, text.indexOf('\r\n\r\n')));
      if (text.startsWith('GET /no')) {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 4\r\n\r\nnope');
        return;
      }
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
      );
      socket.on('data', (more) => socket.write(more));
      socket.on('end', () => socket.end());
    });
  });
  return { port: await listen(server), heads, server };
}

/** Asks for an upgrade; after a 101 sends pieces one after the other, each when the one before has come back. */
async function upgrade(port: number, path: string, pieces: string[], protocol = 'websocket'): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let got = '';
  let sent = '';
  socket.on('data', (chunk) => {
    got += chunk.toString('latin1');
    if (!got.includes('\r\n\r\n')) return;
    const whole = got.startsWith('HTTP/1.1 101') && got.endsWith(`\r\n\r\n${sent}`);
    if (!whole) return;
    const piece = pieces.shift();
    if (piece === undefined) socket.end();
    else {
      sent += piece;
      socket.write(piece);
    }
  });
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: vendors\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  await event(`the end of the connection for ${path}, having heard "${got}"`, socket, 'close');
  const end = got.indexOf('\r\n\r\n');
  const [status = '', ...lines] = got.slice(0, end).split('\r\n');
  const headers = stableHeaders(
    lines.map((line) => line.split(': ') as [string, string]),
    port,
  );
  return [status, ...headers.map((header) => header.join(': ')), '', got.slice(end + 4)].join('\n');
}

const parity = new ParityCount('protocols of the gateway');

describe('protocols of the gateway: the same as Envoy', () => {
  let plain: Application;
  let h2: Awaited<ReturnType<typeof http2Application>>;
  let echo: Awaited<ReturnType<typeof echoServer>>;
  let both: Awaited<ReturnType<typeof startBoth>>;
  before(async () => {
    [plain, h2, echo] = await Promise.all([startApplication(), http2Application(), echoServer()]);
    const websocket = [{ upgrade_type: 'websocket' }];
    both = await startBoth({
      manager: { http_protocol_options: { enable_trailers: true } },
      routes: [
        { match: { prefix: '/plain' }, route: { cluster: 'plain', timeout: '0s' } },
        {
          match: { prefix: '/retried' },
          route: {
            cluster: 'h2',
            timeout: '0s',
            prefix_rewrite: '/refuse',
            retry_policy: { retry_on: 'refused-stream' },
          },
        },
        { match: { prefix: '/ws/off' }, route: { cluster: 'echo', timeout: '0s' } },
        { match: { prefix: '/ws' }, route: { cluster: 'echo', timeout: '0s', upgrade_configs: websocket } },
        { match: { prefix: '/no' }, route: { cluster: 'echo', timeout: '0s', upgrade_configs: websocket } },
        { match: { prefix: '/' }, route: { cluster: 'h2', timeout: '0s' } },
      ],
      clusters: { plain: { ports: [plain.port] }, h2: { ports: [h2.port], http2: true }, echo: { ports: [echo.port] } },
    });
  });
  after(async () => {
    await both?.close();
    await plain.close();
    h2.server.close();
    echo.server.close();
  });

  const same = async (name: string, ask: (port: number) => Promise<unknown>) => {
    const [gateway, envoy] = both.ports;
    const seen = async (port: number) => {
      const from = [h2.seen.length, plain.seen.length, echo.heads.length];
      const answer = await ask(port);
      const upstream = [
        h2.seen.slice(from[0]).map((each) => ({ ...each, headers: stableHeaders(each.headers, port) })),
        plain.seen.slice(from[1]).map((each) => ({ ...each, headers: stableHeaders(each.headers, port) })),
        echo.heads.slice(from[2]).map((head) => head.replace(/x-request-id: \S+/, 'x-request-id: …')),
      ];
      return { answer, upstream };
    };
    assert.deepEqual(await seen(gateway), await seen(envoy));
    parity.same(name);
  };

  const cases: [name: string, ask: (port: number) => Promise<unknown>][] = [
    ['HTTP/2 to HTTP/1', (port) => overHttp2(port, { ':path': '/plain?a=b', 'x-a': ['1', '2'] })],
    [
      'HTTP/2 to HTTP/1 with a body',
      (port) => overHttp2(port, { ':method': 'POST', ':path': '/plain', cookie: ['a=1', 'b=2'] }, { body: 'hello' }),
    ],
    ['HTTP/2 to HTTP/2', (port) => overHttp2(port, { ':path': '/x' })],
    [
      'HTTP/2 to HTTP/2 with a body and trailers',
      (port) => overHttp2(port, { ':method': 'POST', ':path': '/x' }, { body: 'hello', trailers: { 'x-end': 'now' } }),
    ],
    ['HTTP/2: HEAD', (port) => overHttp2(port, { ':method': 'HEAD', ':path': '/plain' })],
    ['HTTP/2: an answer without a body', (port) => overHttp2(port, { ':path': '/short' })],
    ['HTTP/2: a longer path', (port) => overHttp2(port, { ':path': '/plain/cut' })],
    [
      'HTTP/1 to HTTP/2',
      async (port) => {
        const { status, headers, body } = await rawHttp({ port, method: 'POST', path: '/x', body: 'hello' });
        return { status, headers: stableHeaders(headers, port), body };
      },
    ],
    ['HTTP/2 upstream that resets the stream', (port) => overHttp2(port, { ':path': '/reset' })],
    ['HTTP/2 upstream that refuses the stream', (port) => overHttp2(port, { ':path': '/refuse' })],
    ['HTTP/2 upstream that refuses the stream, tried again', (port) => overHttp2(port, { ':path': '/retried' })],
    ['WebSocket: the head, and bytes in both directions', (port) => upgrade(port, '/ws/a', ['one', 'two'])],
    ['WebSocket that the application refuses', (port) => upgrade(port, '/no', [])],
    ['WebSocket where the route has none', (port) => upgrade(port, '/ws/off', [])],
    ['another protocol', (port) => upgrade(port, '/ws/a', [], 'irc')],
  ];
  for (const [name, ask] of cases) test(name, () => same(name, ask));
});

test('the count', (context) => parity.tell(context));
