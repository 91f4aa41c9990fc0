// A call in flight holds its place until it is over, and it is over when its client is gone.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { stages, startStage } from '../support/governed-stage.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/wait.js';

const get = 'GET /held HTTP/1.1\r\nhost: vendors\r\n\r\n';
const post = 'POST /held HTTP/1.1\r\nhost: vendors\r\ncontent-length: 5\r\n\r\n';

/**
 * Asks, and returns how it goes away. Not here: to reset a connection on which a second request waits. Envoy reads no further
 * then, and so does not hear of it before it has something to write.
 */
type Client = (port: number) => () => void;

const overHttp1 =
  (bytes: string, leave: 'destroy' | 'resetAndDestroy' = 'destroy'): Client =>
  (port) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(bytes);
    return () => void socket[leave]();
  };

const overHttp2 =
  (leave: 'stream' | 'connection'): Client =>
  (port) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const stream = session.request({ ':method': 'POST', ':path': '/held', ':authority': 'vendors' });
    stream.on('error', () => {});
    after(() => session.destroy());
    return () => void (leave === 'stream' ? stream : session).destroy(new Error('left'));
  };

const clients: [how: string, client: Client][] = [
  ['closes its connection', overHttp1(get)],
  ['resets its connection', overHttp1(get, 'resetAndDestroy')],
  ['never sent its body', overHttp1(post)],
  ['sent half of its body', overHttp1(`${post}ab`)],
  ['has sent a second request behind the first', overHttp1(get + get)],
  ['has sent the beginning of a second request', overHttp1(`${get}GET /`)],
  ['has sent a hundred requests at once', overHttp1(get.repeat(100))],
  ['resets its stream', overHttp2('stream')],
  ['closes its connection of HTTP/2', overHttp2('connection')],
];

for (const stage of stages)
  describe(`a place is free as soon as its client is gone, in the ${stage}`, () => {
    for (const [how, client] of clients)
      test(`a client that ${how}`, async () => {
        let held = 0;
        const server = createServer((request, response) => {
          if (request.url === '/held') held++;
          else response.end();
        });
        const to = await listen(server);
        const [port = 0] = await freePorts(1);
        const policies = file(
          document('Service', 'vendors', '{}'),
          vendorsNode({ listen: port, to }, ', workers: 1'),
          document('RateLimitPolicy', 'limits', '{ limits: [{ name: flight, key: [service], concurrent: 1 }] }'),
        );
        const { stop } = await startStage(stage, { policies, node: 'vendors-1' });
        after(async () => {
          await stop();
          server.close();
          server.closeAllConnections();
        });
        const status = async () => (await fetchText(`http://127.0.0.1:${port}/`)).status;
        const leave = client(port);
        await until('the call to reach the application', () => held > 0);
        assert.equal(await status(), 429);
        assert.equal(held, 1);
        leave();
        await until('the place to be free', async () => (await status()) === 200);
      });
  });
