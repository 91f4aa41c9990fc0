// A breaker judges the upstream by what the upstream does. What its callers do, or leave undone, decides nothing.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { type DawdlerProtocol, dawdle } from '../support/dawdler.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { stages, startStage } from '../support/governed-stage.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { event, until } from '../support/wait.js';

/** A busy machine must not make a fast upstream slow. */
const slowAfterMs = 1500;
const slow = `{ slowPercent: 50, slowAfter: ${slowAfterMs}ms, requestsMin: 3 }`;
/** Longer than the half second for which an unfinished request is the upstream's affair. */
const bodyAwaitedMs = 800;

/** Answers by its path, and tells whose heads it has seen and whom it has lost. */
async function startUpstream() {
  const seen = { heads: 0, lost: 0 };
  const server = createServer((request, response) => {
    seen.heads++;
    response.on('close', () => {
      if (!response.writableFinished) seen.lost++;
    });
    request.on('error', () => {});
    if (request.url === '/refused') response.writeHead(503).end();
    else if (request.url === '/awaited')
      setTimeout(() => request.complete || response.writeHead(500).end(), bodyAwaitedMs);
    else if (request.url === '/never') request.resume();
    else if (request.url === '/slow')
      request.resume().on('end', () => setTimeout(() => response.end(), slowAfterMs + 50));
    else request.resume().on('end', () => response.writeHead(request.url === '/bad' ? 503 : 200).end());
  });
  server.on('upgrade', (_, socket) => {
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n';
    setTimeout(() => socket.end(answer), slowAfterMs + 50);
  });
  const port = await listen(server);
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port, seen };
}

/** Envoy's clock cannot be moved. However much later than that it gets, nothing changes. */
async function pass(ms: number): Promise<void> {
  const end = performance.now() + ms;
  await until(`${ms} ms to pass`, () => performance.now() > end);
}

const four = <T>(make: () => T): T[] => Array.from({ length: 4 }, make);

for (const stage of stages)
  describe(`what a breaker hears of callers, in the ${stage}`, () => {
    async function governed(breaker: string, adapt?: (bootstrap: string) => string) {
      const upstream = await startUpstream();
      const [port = 0] = await freePorts(1);
      const policies = file(
        document('Service', 'vendors', '{}'),
        vendorsNode({ listen: port, to: upstream.port }, ', workers: 1'),
        document('CircuitBreakerPolicy', 'breaker', `{ side: provider, breakers: [{ name: all, ${breaker} }] }`),
      );
      const { stop } = await startStage(stage, { policies, node: 'vendors-1', ...(adapt ? { adapt } : {}) });
      after(stop);
      const get = async (path = '/') => {
        const { status, headers } = await fetchText(`http://127.0.0.1:${port}${path}`);
        return headers['x-tollgate-reason'] ?? status;
      };
      return { port, get, seen: upstream.seen };
    }

    for (const protocol of ['HTTP/1.1', 'HTTP/2'] as DawdlerProtocol[])
      test(`bodies that never come, of callers that leave after a while, open nothing (${protocol})`, async () => {
        const { port, get, seen } = await governed(`trip: ${slow}`);
        const dawdlers = four(() => dawdle(port, '/', protocol));
        await until('all heads to reach the upstream', () => seen.heads === 4);
        await pass(slowAfterMs);
        for (const { leave } of dawdlers) leave();
        await until('the upstream to lose them', () => seen.lost === 4);
        assert.deepEqual([await get(), await get()], [200, 200]);
      });

    test('nor do callers that wait for an answer, and then no longer', async () => {
      const { port, get, seen } = await governed(`trip: ${slow}`);
      const waiting = four(() => connect(port, '127.0.0.1'));
      for (const socket of waiting) socket.write('GET /never HTTP/1.1\r\nhost: vendors\r\n\r\n');
      await until('all calls to reach the upstream', () => seen.heads === 4);
      await pass(slowAfterMs);
      for (const socket of waiting) socket.destroy();
      await until('the upstream to lose them', () => seen.lost === 4);
      assert.deepEqual([await get(), await get()], [200, 200]);
    });

    test('a slow upload is not slow, a slow upstream is', async () => {
      const { port, get, seen } = await governed(`trip: ${slow}`);
      const uploads = four(() => dawdle(port, '/'));
      await until('all heads to reach the upstream', () => seen.heads === 4);
      await pass(slowAfterMs);
      for (const { finish } of uploads) finish();
      assert.deepEqual(await Promise.all(uploads.map(({ status }) => status())), [200, 200, 200, 200]);
      assert.equal(await get(), 200);
      // Beside the five that were fast, five are a half.
      const answers = await Promise.all([get('/slow'), ...four(() => get('/slow'))]);
      assert.deepEqual(new Set(answers), new Set([200]));
      assert.equal(await get(), 'breaker_open');
    });

    test('what an upstream answers for want of a body is no failure of its own', async () => {
      const { port, get } = await governed('trip: { consecutiveFailures: 2 }');
      const dawdlers = four(() => dawdle(port, '/awaited'));
      assert.deepEqual(await Promise.all(dawdlers.map(({ status }) => status())), [500, 500, 500, 500]);
      assert.equal(await get(), 200);
    });

    test('what it refuses at once is one, though the body was still to come', async () => {
      const { port, get } = await governed('trip: { consecutiveFailures: 2 }, open: { for: 1h }');
      // On a very busy machine even that may look as if the body had been waited for.
      await until('the breaker to open', async () => {
        assert.equal(await dawdle(port, '/refused').status(), 503);
        return (await get('/bad')) === 'breaker_open';
      });
    });

    test('bodies that never come hold no probe: a service that is well again is called again', async () => {
      // If they did, then for an hour.
      const trip = '{ consecutiveFailures: 1, slowPercent: 100, slowAfter: 1h }';
      const { port, get, seen } = await governed(`trip: ${trip}, open: { for: 1ms, forMax: 1h }`);
      assert.equal(await get('/bad'), 503);
      const heads = seen.heads;
      await until('a probe without its body', () => {
        const dawdler = dawdle(port, '/');
        void dawdler.status().catch(() => {});
        return seen.heads > heads;
      });
      assert.equal(await get(), 200);
    });

    test('a body that comes finds the place that another kept', async () => {
      const trip = '{ consecutiveFailures: 1, slowPercent: 100, slowAfter: 1h }';
      const { port, get, seen } = await governed(`trip: ${trip}, open: { for: 1ms, forMax: 1h }`);
      assert.equal(await get('/bad'), 503);
      const heads = seen.heads;
      await until('a probe without its body', () => {
        dawdle(port, '/');
        return seen.heads > heads;
      });
      await until('an answer to a call with a body', async () => {
        const upload = dawdle(port, '/');
        upload.finish();
        return (await upload.status()) === 200;
      });
      assert.equal(await get(), 200);
    });

    test('an upgrade is complete with its head: an upstream that is slow to take it is slow', async () => {
      const allowed = (bootstrap: string) =>
        bootstrap.replaceAll('"timeout":"0s"', '"timeout":"0s","upgrade_configs":[{"upgrade_type":"websocket"}]');
      const { port, get } = await governed(`trip: ${slow}`, allowed);
      const head = 'GET /chat HTTP/1.1\r\nhost: vendors\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
      const sockets = four(() => connect(port, '127.0.0.1'));
      for (const socket of sockets) socket.write(head);
      const answers = await Promise.all(sockets.map((socket) => event('an answer to the upgrade', socket, 'data')));
      for (const answer of answers) assert.match(String(answer), /^HTTP\/1\.1 101 /);
      assert.equal(await get(), 'breaker_open');
    });
  });
