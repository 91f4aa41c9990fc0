import assert from 'node:assert/strict';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { test } from 'node:test';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { exchange } from '../../host-sim/src/testing/raw-client.js';
import { startUpstream } from '../../host-sim/src/testing/raw-upstream.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { type ProbedProxy, startPair } from './gateway-pair.js';

const HEAD_BYTES = 5;
const framed = (message: string) => {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, Buffer.from(message)]);
};
const grpc = { 'content-type': 'application/grpc', 'x-first': 'one' };
const ends = (stream: ServerHttp2Stream, trailers: Record<string, string>, body = Buffer.alloc(0)) => {
  stream.respond({ ':status': 200, ...grpc }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
};

/** What the service does, by method, when the request is whole; and a method that talks while it is not. */
const answers: Record<string, (stream: ServerHttp2Stream) => void> = {
  Ok: (stream) => ends(stream, { 'grpc-status': '0', 'x-last': 'two' }, framed('pong')),
  Denied: (stream) => ends(stream, { 'grpc-status': '7', 'grpc-message': 'not%20you' }),
  Silent: () => {},
  NoTrailers: (stream) => {
    stream.respond({ ':status': 200, ...grpc });
    stream.end(framed('pong'));
  },
  Html: (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html' });
    stream.end('<html>no gRPC here</html>');
  },
  Busy: (stream) => {
    stream.respond({ ':status': 503, 'content-type': 'text/plain' });
    stream.end('busy');
  },
  BusyWithStatus: (stream) => stream.respond({ ':status': 503, ...grpc, 'grpc-status': '8' }, { endStream: true }),
  Compressed: (stream) => ends(stream, { 'grpc-status': '0' }, Buffer.from([1, 0, 0, 0, 1, 120])),
};

async function startService() {
  const seen: string[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    const { ':path': path = '', ...rest } = headers;
    const method = path.split('/').pop() ?? '';
    seen.push(`${path} ${rest['grpc-timeout']} ${rest['x-m']}`);
    let body = '';
    let waiting = Buffer.alloc(0);
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      body += chunk.toString('hex');
      // One answer a message, as long as the filter talks.
      if (method !== 'Talk') return;
      if (!stream.headersSent) stream.respond({ ':status': 200, ...grpc }, { waitForTrailers: true });
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= HEAD_BYTES && waiting.length >= HEAD_BYTES + waiting.readUInt32BE(1)) {
        waiting = waiting.subarray(HEAD_BYTES + waiting.readUInt32BE(1));
        stream.write(framed('heard'));
      }
    });
    stream.on('wantTrailers', () => {
      if (method === 'Talk') stream.sendTrailers({ 'grpc-status': '0', 'x-last': 'two' });
    });
    stream.on('end', () => {
      seen.push(body);
      if (method === 'Talk') stream.end();
      else answers[method]?.(stream);
    });
  });
  const close = () => {
    for (const session of sessions) session.destroy();
    server.close();
  };
  return { port: await listen(server), seen, close };
}

const call = (method: string, timeoutMs = 20_000) => `gcall grpc my.Service ${method} x-m=1 ping ${timeoutMs}`;
const LOOK = 'pairs 4|pairs 5|buf 5 0 99|gstatus|self|gstatus';
const GO = `${LOOK}|cont 0`;
/** A call goes on with its message or its end, a stream with its end. */
const cases: [name: string, ask: string, received: string][] = [
  ['a call that is answered', call('Ok'), GO],
  ['a call that is denied, with a message', call('Denied'), GO],
  ['a call that is not answered in time', call('Silent', 100), GO],
  ['an answer without trailers', call('NoTrailers'), GO],
  ['an answer that is no gRPC', call('Html'), GO],
  ['an answer of plain HTTP with a body', call('Busy'), GO],
  ['an answer of plain HTTP with a status of gRPC', call('BusyWithStatus'), GO],
  ['a message that is compressed', call('Compressed'), GO],
  ['a stream that talks', 'gstream grpc my.Service Talk x-m=1|gsend . one|gsend . two|gsend . three 1', LOOK],
  ['a stream of plain HTTP', 'gstream grpc my.Service Busy x-m=1|gsend . one 1', LOOK],
  ['a stream that ends without trailers', 'gstream grpc my.Service NoTrailers x-m=1|gsend . one 1', LOOK],
  ['a stream that is cancelled', 'gstream grpc my.Service Talk x-m=1|gsend . one|gcancel .|cont 0', LOOK],
];

async function ask(proxy: ProbedProxy, script: string, received: string) {
  proxy.forget();
  const headers = [
    ['req', `${script}|ret 1`],
    ['ginit', LOOK],
    ['grecv', received],
    ['gtrail', LOOK],
    ['gclose', GO],
  ].map(([phase, text]) => `x-do-${phase}: ${text}\r\n`);
  const answer = await exchange(proxy.port, `GET / HTTP/1.1\r\nHost: a\r\n${headers.join('')}\r\n`);
  const log = (await proxy.untilDeleted()).map((line) => line.replace(/date=[^;]*;/g, 'date=D;'));
  return { status: answer.split('\r\n')[0], log };
}

const parity = new ParityCount('gRPC of the gateway');

test('gRPC of filters goes through the gateway as through Envoy', async (context) => {
  const [service, upstream] = await Promise.all([startService(), startUpstream()]);
  const { proxies, close } = await startPair({ endpoints: [upstream.port], grpc: service.port });
  context.after(async () => {
    await close();
    service.close();
    await upstream.close();
  });
  for (const [name, script, received] of cases)
    await context.test(name, async () => {
      const outcomes = [];
      for (const proxy of proxies) {
        service.seen.length = 0;
        outcomes.push({ ...(await ask(proxy, script, received)), service: [...service.seen] });
      }
      assert.deepEqual(outcomes[0], outcomes[1]);
      assert.match(outcomes[1]?.status ?? '', /200/);
      parity.same(name);
    });
});

test('a gRPC server that is not there', async (context) => {
  const [upstream, [nobody = 0]] = await Promise.all([startUpstream(), freePorts(1)]);
  const { proxies, close } = await startPair({ endpoints: [upstream.port], grpc: nobody });
  context.after(async () => {
    await close();
    await upstream.close();
  });
  for (const script of [call('Ok'), 'gstream grpc my.Service Talk x-m=1|gsend . one 1']) {
    const [gateway, envoy] = proxies;
    assert.deepEqual(await ask(gateway, script, GO), await ask(envoy, script, GO));
    parity.same(`nobody there: ${script.split(' ')[0]}`);
  }
});

test('the count', (context) => parity.tell(context));
