import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { fetchText } from '../../../tests/support/fetch-text.js';
import { freePorts } from '../../../tests/support/ports.js';
import { serve } from '../../../tests/support/serve.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('callout');
});

/** A machine that is busy must not make a time-out of an answer, nor an answer of a time-out. */
const within = (timeoutMs: number) => (bootstrap: string) =>
  bootstrap.replace('"timeoutMs": 500', `"timeoutMs": ${timeoutMs}`);

const config = { cluster: 'authorisation', timeoutMs: 500 };

for (const host of ['simulator', 'envoy'] as const) {
  test(`${host}: a request passes when the service says so, with the user that it names`, async (context) => {
    const asked: string[] = [];
    const application = await serve(context, (request, response) => response.end(`user ${request.headers['x-user']}`));
    const authorisation = await serve(context, (request, response) => {
      asked.push(`${request.headers.authorization} ${request.headers['x-path']}`);
      if (request.headers.authorization === 'nobody') response.writeHead(200);
      else if (request.headers.authorization === 'good') response.writeHead(200, { 'x-user': 'ann' });
      else response.writeHead(401, { 'x-user': 'ann' });
      response.end();
    });
    const { port } = await startExample(context, host, 'callout', wasm, [application, authorisation], within(60_000));
    const ask = (authorization?: string, more = {}) =>
      fetchText(`http://127.0.0.1:${port}/a?b`, { headers: { ...(authorization ? { authorization } : {}), ...more } });

    assert.equal((await ask('good', { 'x-user': 'root' })).text, 'user ann');
    assert.equal((await ask('bad')).status, 403);
    assert.equal((await ask('nobody')).status, 403, 'a yes without a user is none');
    assert.equal((await ask(undefined)).status, 403);
    assert.deepEqual(asked, ['good /a?b', 'bad /a?b', 'nobody /a?b']);
    const many = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(i % 2 ? 'good' : 'bad')));
    assert.deepEqual(
      many.map(({ status }) => status),
      many.map((_, i) => (i % 2 ? 200 : 403)),
      'each request gets its own answer',
    );
  });

  test(`${host}: nobody passes when the answer does not come in time`, async (context) => {
    const application = await serve(context, (_, response) => response.end('reached'));
    const silent = await serve(context, () => {});
    const { port } = await startExample(context, host, 'callout', wasm, [application, silent], within(50));
    const answer = await fetchText(`http://127.0.0.1:${port}/`, { headers: { authorization: 'good' } });
    assert.equal(answer.status, 403);
  });

  test(`${host}: nobody passes while the service is not there`, async (context) => {
    const application = await serve(context, (_, response) => response.end('reached'));
    const [nobody = 0] = await freePorts(1);
    const { port } = await startExample(context, host, 'callout', wasm, [application, nobody]);
    const answer = await fetchText(`http://127.0.0.1:${port}/`, { headers: { authorization: 'good' } });
    assert.equal(answer.status, 403);
  });
}

test('a cluster that does not exist, a client that leaves, a timeout to the millisecond', async () => {
  const unknown = await Host.load(wasm, { config: { ...config, cluster: 'nowhere' } });
  assert.equal((await unknown.request({ headers: { authorization: 'good' } })).status, 403);

  const sim = await Host.load(wasm, { config });
  sim.setCallout('authorisation', () => ({ status: 200, headers: { 'x-user': 'ann' }, delay: '499ms' }));
  const left = sim.open({ headers: { authorization: 'good' } }).end();
  await sim.settle();
  left.reset();
  const waiting = sim.open({ headers: { authorization: 'good' } }).end();
  await sim.settle();
  sim.advance('499ms');
  assert.equal((await waiting.response).status, 200);

  sim.setCallout('authorisation', () => ({ status: 200, headers: { 'x-user': 'ann' }, delay: '501ms' }));
  const late = sim.open({ headers: { authorization: 'good' } }).end();
  await sim.settle();
  sim.advance('500ms');
  assert.equal((await late.response).status, 403);
});

test('calls on their way are bounded; those of clients that have left make room', async () => {
  const sim = await Host.load(wasm, { config: { ...config, timeoutMs: 60000 } });
  sim.setCallout('authorisation', () => ({ status: 200, headers: { 'x-user': 'ann' }, delay: '10s' }));
  const ask = () => sim.open({ headers: { authorization: 'good' } }).end();
  const waiting = Array.from({ length: 1024 }, ask);
  await sim.settle();
  assert.equal((await ask().response).status, 403, 'one too many');
  for (const stream of waiting.slice(0, 24)) stream.reset();
  const more = Array.from({ length: 24 }, ask);
  await sim.settle();
  assert.equal((await ask().response).status, 403, 'one too many again');
  sim.advance('10s');
  const answers = await Promise.all([...waiting.slice(24), ...more].map(({ response }) => response));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  // All places are free again.
  const next = Array.from({ length: 1024 }, ask);
  await sim.settle();
  sim.advance('10s');
  assert.deepEqual(
    new Set((await Promise.all(next.map(({ response }) => response))).map(({ status }) => status)),
    new Set([200]),
  );
});
