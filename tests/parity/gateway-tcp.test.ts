import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { event, within } from '../support/wait.js';
import { type ProbedProxy, startPair } from './gateway-pair.js';

interface Conversation {
  name: string;
  client(socket: Socket, heard: (text: string) => Promise<void>): void | Promise<void>;
  upstream(socket: Socket): void;
}

/** All that one side saw: its bytes, and whether an end or a break came. */
function watch(socket: Socket): { text: string; how: string[] } {
  const seen = { text: '', how: [] as string[] };
  socket.on('data', (chunk) => {
    seen.text += chunk.toString('latin1');
  });
  socket.on('end', () => seen.how.push('end'));
  socket.on('error', (error: NodeJS.ErrnoException) => seen.how.push(String(error.code)));
  return seen;
}

const echo = (socket: Socket) => {
  socket.on('data', (chunk) => socket.write(`<${chunk}>`));
  socket.on('end', () => socket.end());
};

const conversations: Conversation[] = [
  {
    name: 'said and answered, the client ends first',
    client: async (socket, heard) => {
      socket.write('hello');
      await heard('<hello>');
      socket.write('more');
      await heard('<more>');
      socket.end();
    },
    upstream: echo,
  },
  { name: 'the end comes with the bytes', client: (socket) => void socket.end('all at once'), upstream: echo },
  {
    name: 'the upstream speaks first and ends; the client ends later',
    client: async (socket, heard) => {
      await heard('welcome');
      socket.write('more');
      await event('the end of what the upstream says', socket, 'end');
      socket.end();
    },
    upstream: (socket) => {
      socket.write('welcome');
      socket.once('data', () => socket.end('bye'));
    },
  },
  {
    name: 'the filter closes',
    client: (socket) => void socket.write('DO down=;;;up=close 2'),
    upstream: (socket) => {
      socket.once('data', () => socket.write('never heard'));
      socket.on('end', () => socket.end());
    },
  },
  {
    name: 'the upstream resets',
    client: (socket) => void socket.write('hello'),
    upstream: (socket) => void socket.once('data', () => socket.resetAndDestroy()),
  },
  {
    name: 'the client resets',
    client: async (socket, heard) => {
      socket.write('hello');
      await heard('<hello>');
      socket.resetAndDestroy();
    },
    upstream: echo,
  },
];

/** Also of a socket that breaks, for which `once` would reject. */
const closed = (socket: Socket) =>
  within(
    'a connection to be closed',
    new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve()))),
  );

/** Whether an end is read with the bytes before it or after them is a matter of timing, in either proxy. */
function endsWithBytes(log: string[]): string[] {
  const text = log.join('\n').replace(/^(\[info\] P (?:down|up)) ([1-9]\d*) 0\n\1 0 1$/gm, '$1 $2 1');
  return text.split('\n');
}

/** One conversation through one proxy: what both sides saw, and what the filter logged. */
async function converse(proxy: ProbedProxy, port: number, { client: talk, upstream: answer }: Conversation) {
  const server = createServer({ allowHalfOpen: true });
  let other: ReturnType<typeof watch> | undefined;
  const asked = new Promise<Socket>((resolve) =>
    server.once('connection', (socket) => {
      other = watch(socket);
      answer(socket);
      resolve(socket);
    }),
  );
  await listen(server, port);
  proxy.forget();
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  const seen = watch(socket);
  const heard = async (text: string) => {
    while (!seen.text.includes(text)) await event(`"${text}", having heard "${seen.text}"`, socket, 'data');
  };
  await talk(socket, heard);
  const log = endsWithBytes(await proxy.untilDeleted());
  const upstream = await within('a connection to the upstream', asked);
  socket.end();
  upstream.end();
  await Promise.all([socket, upstream].map(closed));
  server.close();
  await event('the upstream to close', server, 'close');
  return { client: seen, upstream: other, log };
}

const parity = new ParityCount('TCP of the gateway');

test('TCP conversations go through the gateway as through Envoy', async (context) => {
  const [port = 0] = await freePorts(1);
  const { proxies, close } = await startPair({ endpoints: [port], network: true });
  context.after(close);
  for (const conversation of conversations)
    await context.test(conversation.name, async () => {
      const [gateway, envoy] = proxies;
      assert.deepEqual(await converse(gateway, port, conversation), await converse(envoy, port, conversation));
      parity.same(conversation.name);
    });

  await context.test('nobody listens: the client is closed', async () => {
    const outcomes = [];
    for (const proxy of proxies) {
      proxy.forget();
      const socket = connect(proxy.port, '127.0.0.1');
      const seen = watch(socket);
      await closed(socket);
      outcomes.push({ seen, log: await proxy.untilDeleted() });
    }
    assert.deepEqual(outcomes[0], outcomes[1]);
    assert.ok(outcomes[0]?.log.includes('[info] P dclose 1'));
    parity.same('nobody listens');
  });
});

test('nobody says anything: the idle timeout closes', async (context) => {
  const server = createServer(echo);
  const port = await listen(server);
  const { proxies, close } = await startPair({ endpoints: [port], network: true }, (json) =>
    json.replace('"stat_prefix":"tcp"', '"stat_prefix":"tcp","idle_timeout":"1s"'),
  );
  context.after(async () => {
    await close();
    server.close();
  });
  const outcomes = [];
  for (const proxy of proxies) {
    proxy.forget();
    const socket = connect(proxy.port, '127.0.0.1');
    const seen = watch(socket);
    socket.write('hello');
    await closed(socket);
    outcomes.push({ seen, log: await proxy.untilDeleted() });
  }
  assert.deepEqual(outcomes[0], outcomes[1]);
  parity.same('the idle timeout');
});

test('the count', (context) => parity.tell(context));
