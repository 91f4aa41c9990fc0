import assert from 'node:assert/strict';
import test from 'node:test';
import { compileStreamProbe } from '../testing/compile.js';
import { Host, type HostOptions } from './host.js';

const load = async (options: HostOptions = {}) => Host.load(await compileStreamProbe(), options);
const said = (lines: readonly { message: string }[], phase: string) =>
  lines.map(({ message }) => message.replace(/^P /, '')).filter((message) => message.startsWith(phase));
const CALL = 'call authz :method=GET,:path=/c,:authority=c';

test('a body arrives in the pieces of the test, trailers behind it', async () => {
  const sim = await load();
  const response = await sim.request({
    method: 'POST',
    headers: { 'x-do-body': 'setbuf 0 0 0 <', 'x-do-trail': 'rep 1 x-t 2' },
    body: ['ab', 'cd'],
    trailers: { 'x-t': '1' },
  });
  assert.deepEqual(said(response.log, 'body ').slice(0, 1), ['body 2 0']);
  assert.equal(response.upstream?.body, '<ab<cd');
  assert.deepEqual(response.upstream?.trailers, [['x-t', '2']]);
});

test('a response body held back is rewritten as a whole', async () => {
  const sim = await load();
  sim.setUpstream(() => ({ body: ['one ', 'two'], trailers: { 'x-sum': '7' } }));
  const response = await sim.request({
    headers: { 'x-do-resbody': 'ret 1', 'x-do-restrail': 'setbuf 1 0 99 rewritten' },
  });
  assert.deepEqual([response.body, response.trailers], ['rewritten', [['x-sum', '7']]]);
});

test('too much held back is 413', async () => {
  const sim = await load({ bufferLimitBytes: 4 });
  const response = await sim.request({ headers: { 'x-do-body': 'ret 1' }, body: ['abc', 'def'] });
  assert.deepEqual([response.status, response.body], [413, 'Payload Too Large']);
});

test('faults on request: the client leaves, the upstream breaks, a host call traps, memory is refused', async () => {
  const sim = await load();
  const left = await sim.request({ body: ['ab', 'cd'], headers: { 'x-do-body': 'ret 1' }, resetAfter: 1 });
  assert.deepEqual([left.reset, left.upstream?.body, left.log.at(-1)?.message], [true, '', 'P delete']);
  sim.setUpstream(() => ({ reset: true }));
  assert.equal((await sim.request()).status, 503);
  sim.setUpstream(() => ({ status: 200, body: 'half', reset: true }));
  assert.equal((await sim.request()).reset, true);
  sim.setUpstream(() => 200);
  sim.faults.allocationsRefused = true;
  const refused = await sim.request({ headers: { 'x-do-req': 'get 0 host' } });
  assert.deepEqual(said(refused.log, 'req get'), []);
  sim.faults.allocationsRefused = false;
  sim.faults.trapAtHostCall(3);
  assert.equal((await sim.request()).localReply?.details, 'wasm_fail_stream');
});

test('ticks come on the main thread and the workers, at the moments of the clock', async () => {
  const sim = await load({ config: 'tick 100|on tick|log 2 T', workers: 2 });
  assert.equal(said(sim.logs, 'tick 1').length, 0);
  sim.advance('99ms');
  assert.equal(said(sim.logs, 'tick 1').length, 0);
  sim.advance('1ms');
  assert.deepEqual(
    sim.logs.filter(({ message }) => message.startsWith('P tick 1')).map(({ thread }) => thread),
    ['main', '0', '1'],
  );
  sim.advance('1s');
  assert.equal(said(sim.logs, 'tick 1').length, 33);
});

test('a paused request goes on when its callout is answered', async () => {
  const sim = await load();
  sim.setCallout('authz', (request) => ({ status: request.header('x-envoy-internal') ? 200 : 500, body: 'yes' }));
  const response = await sim.request({ headers: { 'x-do-req': `${CALL}|ret 1|keep|buf 4 0 9|self|cont 0` } });
  assert.equal(response.status, 200);
  assert.deepEqual(said(response.log, 'answer buf'), ['answer buf 4 0 9 -> 0 "yes"']);
});

test('a callout that takes too long is answered 504 by the clock; a refused one 503', async () => {
  const sim = await load();
  sim.setCallout('authz', () => ({ delay: '5s' }));
  const stream = sim.open({ headers: { 'x-do-req': `${CALL}   1000|ret 1|keep|get 6 :status|self|cont 0` } }).end();
  await sim.settle();
  sim.advance('999ms');
  assert.equal(stream.over, false);
  sim.advance('1ms');
  await sim.settle();
  const response = await stream.response;
  assert.deepEqual(said(response.log, 'answer get'), ['answer get 6 :status -> 0 "504"']);
  sim.setCallout('authz', () => ({ failure: 'refused' }));
  const refused = await sim.request({ headers: { 'x-do-req': `${CALL}|ret 1|keep|get 6 :status|self|reply 403 d` } });
  assert.deepEqual([refused.status, said(refused.log, 'answer get')], [403, ['answer get 6 :status -> 0 "503"']]);
});

test('an unknown cluster is a bad argument; a late answer finds no stream', async () => {
  const sim = await load();
  const unknown = await sim.request({ headers: { 'x-do-req': CALL } });
  assert.match(said(unknown.log, 'req call')[0] ?? '', / -> 2 0$/);
  sim.setCallout('authz', () => ({ delay: '100ms' }));
  sim.open({ headers: { 'x-do-req': `${CALL}|ret 1|keep|eff 9|cont 0` } }).reset();
  await sim.settle();
  sim.advance('100ms');
  assert.equal(said(sim.logs, 'answer').length > 0, true);
});

test('a queue wakes the thread that registered it, once for each item', async () => {
  const sim = await load({ workers: 2 });
  await sim.request({ worker: 1, headers: { 'x-do-req': 'qreg jobs|on queue|deq 1' } });
  await sim.request({ worker: 0, headers: { 'x-do-req': 'qres  jobs|enq 1 one|enq 1 two' } });
  await sim.settle();
  assert.deepEqual(
    sim.logs
      .filter(({ message }) => message.startsWith('P queue'))
      .map(({ message, thread }) => `${thread} ${message}`),
    ['1 P queue 1 1', '1 P queue deq 1 -> 0 "one"', '1 P queue 1 1', '1 P queue deq 1 -> 0 "two"'],
  );
});

test('compress and uncompress undo each other; a filter state that is not simulated is refused by name', async () => {
  const sim = await load();
  const squeezed = await sim.request({
    headers: { 'x-do-req': 'ff uncompress %78%9c%cb%48%cd%c9%c9%07%00%06%2c%02%15' },
  });
  assert.deepEqual(
    said(squeezed.log, 'req ff').map((line) => line.split(' -> ')[1]),
    ['0 "hello"'],
  );
  await assert.rejects(
    sim.request({ headers: { 'x-do-req': 'ff set_envoy_filter_state %0a%07envoy.x' } }),
    /\[not_simulated\] set_envoy_filter_state of envoy\.x/,
  );
});

test('the end of Envoy: on_done and on_delete of every root', async () => {
  const sim = await load();
  sim.close();
  assert.deepEqual(
    sim.logs.slice(-4).map(({ message, thread }) => `${thread} ${message}`),
    ['main P done', 'main P delete', '0 P done', '0 P delete'],
  );
});
