import assert from 'node:assert/strict';
import test from 'node:test';
import { compileProbe } from '../testing/compile.js';
import { Host, type HostOptions } from './host.js';

const load = async (options: HostOptions = {}) => Host.load(await compileProbe(), options);
/** The probe's own lines: `phase command -> status value`. */
const said = (response: { log: { message: string }[] }) =>
  response.log.map(({ message }) => message.replace(/^P /, '')).filter((message) => message.includes('->'));
const ask = (sim: Host, script: string, more: Record<string, string> = {}, input = {}) =>
  sim.request({ headers: { 'x-do-req': script, ...more }, ...input });

test('a request passes: callbacks in Envoy’s order, the upstream sees what the filter left', async () => {
  const sim = await load();
  sim.setUpstream((request) => ({ status: 201, headers: { 'x-saw': request.header('x-new') ?? '' }, body: 'made' }));
  const response = await ask(sim, 'add 0 X-New v', {}, { method: 'POST', path: '/a', body: 'abc', authority: 'shop' });
  assert.deepEqual([response.status, response.body, response.header('x-saw')], [201, 'made', 'v']);
  assert.deepEqual(
    [response.upstream?.method, response.upstream?.path, response.upstream?.authority, response.upstream?.body],
    ['POST', '/a', 'shop', 'abc'],
  );
  assert.deepEqual(
    response.log.map(({ message }) => message).filter((message) => !message.includes('->')),
    ['P req 10 0', 'P res 4 0', 'P log', 'P done', 'P delete'],
  );
  assert.equal(response.localReply, undefined);
});

test('the plugin starts on the canary, the main thread and each worker', async () => {
  const sim = await load({ workers: 2 });
  assert.deepEqual(
    sim.logs.filter(({ message }) => message.startsWith('P configure')).map(({ thread }) => thread),
    ['canary', 'main', '0', '1'],
  );
});

test('a refused configuration rejects the load with the log', async () => {
  await assert.rejects(load({ config: 'log 4 no_such_field|ret 0' }), /\[configuration_refused\][\s\S]*no_such_field/);
  await assert.rejects(load({ config: 'log 4 a b|trap' }), /\[configuration_refused\][\s\S]*unreachable/);
});

test('the plugin configuration is readable in on_configure only, the VM’s always', async () => {
  const sim = await load({ config: 'plain', vmConfig: 'vm' });
  const response = await ask(sim, 'buf 7 0 100|buf 6 0 100|buf 6 1 100|buf 6 5 1');
  assert.deepEqual(said(response), [
    'req buf 7 0 100 -> 1 untouched',
    'req buf 6 0 100 -> 0 "vm"',
    'req buf 6 1 100 -> 0 "m"',
    'req buf 6 5 1 -> 0 null:0',
  ]);
});

test('only granted variables are in the environment', async () => {
  const sim = await load({ env: { SECRET: 's3cret' } });
  assert.deepEqual(said(await ask(sim, 'env')), ['req env -> 0 1 SECRET=s3cret\\x00']);
});

test('shared data is one over all workers, with Envoy’s compare-and-swap', async () => {
  const sim = await load({ workers: 2, vmId: 'vm' });
  await ask(sim, 'sdset k one 77', {}, { worker: 0 });
  const other = await ask(sim, 'sdget k|sdset k two 9|sdset k two 1|sdget k|sdget nope', {}, { worker: 1 });
  assert.deepEqual(
    said(other).map((line) => line.split(' -> ')[1]?.trim()),
    ['0 "one" cas 1', '8', '0', '0 "two" cas 2', '1 untouched cas 7'],
  );
  assert.equal(Buffer.from(sim.sharedData.get('k')?.value ?? []).toString(), 'two');
});

test('metrics are one over all workers', async () => {
  const sim = await load({ workers: 2 });
  await ask(sim, 'def 0 calls|inc 4 2', {}, { worker: 0 });
  await ask(sim, 'def 0 calls|inc 4 3|inc 4 0', {}, { worker: 1 });
  assert.equal(sim.metric('calls'), 5);
});

test('workers take turns unless one is named', async () => {
  const sim = await load({ workers: 3 });
  const threads = [];
  for (const worker of [undefined, undefined, 2, undefined])
    threads.push((await sim.request({ worker })).log[0]?.thread);
  assert.deepEqual(threads, ['0', '1', '2', '0']);
});

test('request headers are gone after the request phase', async () => {
  const response = await (await load()).request({
    headers: { 'x-do-res': 'get 0 host|rep 0 a b|size 0|pairs 0|prop request~path' },
  });
  assert.deepEqual(
    said(response).map((line) => line.split(' -> ')[1]?.trim()),
    ['2 untouched', '2', '2 4277010157', '0 null:0', '1 untouched'],
  );
});

test('a local reply runs through the response path of the same filter', async () => {
  const response = await ask(await load(), 'reply 403 my_reason go_away x-a=1', { 'x-do-res': 'add 2 x-b 2' });
  assert.equal(response.status, 403);
  assert.deepEqual(response.headers.slice(0, 4), [
    ['x-a', '1'],
    ['content-length', '7'],
    ['content-type', 'text/plain'],
    ['x-b', '2'],
  ]);
  assert.deepEqual(
    [response.body, response.upstream, response.localReply],
    ['go away', undefined, { details: 'my_reason', grpcStatus: -1 }],
  );
});

test('gRPC callers get a gRPC status, HEAD gets no body', async () => {
  const sim = await load();
  const grpc = await ask(sim, 'reply 403 d den%ied  7', { 'content-type': 'application/grpc' });
  assert.deepEqual(
    [grpc.status, grpc.header('grpc-status'), grpc.header('grpc-message'), grpc.body],
    [200, '7', 'den%25ied', ''],
  );
  const head = await ask(sim, 'reply 403 d body', {}, { method: 'HEAD' });
  assert.deepEqual([head.status, head.header('content-length'), head.body], [403, '4', '']);
});

test('a reply in the response phase replaces the upstream’s response', async () => {
  const response = await (await load()).request({ headers: { 'x-do-res': 'reply 502 d sorry' } });
  assert.deepEqual([response.status, response.body, response.upstream !== undefined], [502, 'sorry', true]);
});

test('FAIL_CLOSED: a trap is 503 and so is everything after it', async () => {
  const sim = await load();
  const trapped = await ask(sim, 'trap');
  assert.deepEqual([trapped.status, trapped.localReply?.details], [503, 'wasm_fail_stream']);
  assert.match(
    trapped.log.at(-1)?.message ?? '',
    /proxy_on_request_headers failed: Uncaught RuntimeError: unreachable/,
  );
  sim.advance('1h');
  assert.equal((await sim.request()).status, 503);
});

test('FAIL_OPEN: the trapping request is 503, later ones pass without the filter', async () => {
  const sim = await load({ failurePolicy: 'FAIL_OPEN' });
  assert.equal((await ask(sim, 'oob')).status, 503);
  const later = await ask(sim, 'reply 403 d b');
  assert.deepEqual([later.status, later.log.length], [200, 0]);
});

test('FAIL_RELOAD: closed until the backoff has passed, then a new VM; stack overflow traps too', async () => {
  const sim = await load({ failurePolicy: 'FAIL_RELOAD', reloadInterval: '100ms' });
  sim.advance('1s');
  assert.equal((await ask(sim, 'loop')).status, 503);
  assert.equal((await sim.request()).status, 200, 'the VM was old enough');
  assert.equal((await ask(sim, 'trap')).status, 503);
  assert.equal((await sim.request()).status, 503, 'backoff');
  sim.advance('150ms');
  assert.equal((await sim.request()).status, 200);
});

test('a trap in one plugin fails the other plugins of its VM', async () => {
  const sim = await load({ plugins: [{ config: 'second' }] });
  assert.equal((await sim.request()).log.filter(({ message }) => message.startsWith('P req')).length, 2);
  await ask(sim, 'trap');
  const after = await sim.request();
  assert.deepEqual([after.status, after.log.length], [503, 0]);
});

test('time stands still; advance moves both clocks, stepWall the wall clock only', async () => {
  const sim = await load();
  const monotonic = sim.clock.monotonicNs();
  const wall = sim.clock.wallNs();
  sim.stepWall('-1h'.replace('-', ''));
  sim.stepWall(-7_200_000);
  sim.advance('10s');
  assert.equal(sim.clock.monotonicNs() - monotonic, 10_000_000_000n);
  assert.equal(sim.clock.wallNs() - wall, -3_590_000_000_000n);
});

test('a stream left paused is an error with the trace, not a hang', async () => {
  await assert.rejects(
    ask(await load(), 'ret 1'),
    /\[stream_paused\][\s\S]*proxy_on_request_headers returned StopIteration/,
  );
});

test('continue in the own callback is harmless, close_stream cuts the stream', async () => {
  const sim = await load();
  assert.equal((await ask(sim, 'cont 0|ret 1')).status, 200);
  const closed = await ask(sim, 'close 0');
  assert.deepEqual([closed.status, closed.reset], [0, true]);
});

test('of two replies in the request the first counts; one to its answer replaces it, whoever it is for stops', async () => {
  const sim = await load();
  const two = await ask(sim, 'reply 403 d one|reply 404 d two');
  assert.deepEqual([two.status, two.body], [403, 'one']);
  const replaced = await ask(sim, 'reply 403 d one', { 'x-do-res': 'reply 404 e two' });
  assert.deepEqual([replaced.status, replaced.body, replaced.localReply?.details], [404, 'two', 'e']);
  await assert.rejects(ask(sim, 'eff 1|reply 403 d one'), /stream_paused/);
});

test('a capability that is not allowed is InternalFailure, a callback is not called', async () => {
  const sim = await load({
    allowedCapabilities: ['proxy_log', 'proxy_get_header_map_value', 'proxy_on_configure', 'proxy_on_request_headers'],
  });
  const response = await ask(sim, 'sdget k', { 'x-do-res': 'self' });
  assert.deepEqual(said(response), ['req sdget k -> 10 untouched cas 7']);
  assert.match(
    sim.logs.map(({ message }) => message).join(),
    /restricted proxy-wasm capability: proxy_get_shared_data/,
  );
});

test('what kills Envoy 1.40 is reported as that', async () => {
  const sim = await load();
  await assert.rejects(
    sim.request({ headers: { 'x-do-log': 'reply 403 d b' } }),
    /\[envoy_crash\] proxy_send_local_response in proxy_on_log/,
  );
  await assert.rejects(
    sim.request({ headers: { 'x-do-res': 'reply 403 d b|reply 404 d c' } }),
    /\[envoy_crash\] a second proxy_send_local_response/,
  );
  await assert.rejects(ask(sim, 'cont 1'), /\[envoy_crash\] proxy_continue_stream\(response\)/);
});

test('the trace tells callbacks, host calls with arguments and results, and what became of them', async () => {
  const { trace, conversation } = await ask(await load(), 'get 0 nope|get 0 host|pairs 0|reply 403 d b a=1 7');
  for (const line of [
    'proxy_on_request_headers(context_id=2, num_headers=9, end_of_stream=true)',
    '  proxy_get_header_map_value(map_type="request_headers", key="nope") = NotFound',
    '  proxy_get_header_map_value(map_type="request_headers", key="host") = Ok "localhost"',
    '  proxy_send_local_response(status_code=403, details="d", body="b", headers=[a: 1], grpc_status=7) = Ok',
    'proxy_on_request_headers returned Continue',
    'local reply 403 d',
    'response 403 goes to the client',
    'proxy_on_log(context_id=2)',
  ])
    assert.ok(trace.includes(line), `${line}\n\n${trace.join('\n')}`);
  const pairs = conversation.find(({ name }) => name === 'proxy_get_header_map_pairs');
  assert.deepEqual([pairs?.thread, pairs?.context, pairs?.kind, pairs?.result], ['0', 2, 'call', 'Ok']);
  assert.deepEqual((pairs?.values?.map as string[][] | undefined)?.[0], [':authority', 'localhost']);
});

test('a trap stands in the trace where it happened; at counts milliseconds of the clock', async () => {
  const sim = await load({ trace: true });
  const trapped = await ask(sim, 'trap');
  assert.ok(trapped.trace.includes('proxy_on_request_headers trapped: unreachable'), trapped.trace.join('\n'));
  sim.advance('2s');
  const after = await ask(sim, 'get 0 host');
  assert.equal(after.conversation[0]?.at, 0);
  assert.equal(sim.conversation.find(({ thread }) => thread === 'canary')?.name, 'proxy_on_context_create');
  assert.deepEqual((await ask(await load({ trace: false }), 'get 0 host')).conversation, []);
});

test('properties can be set for a test', async () => {
  const sim = await load({ properties: { 'xds.virtual_host_name': 'default/vendors', 'request.size': 7 } });
  assert.deepEqual(
    said(await ask(sim, 'prop xds~virtual_host_name|prop request~size')).map((line) => line.split(' -> ')[1]),
    ['0 "default/vendors"', '0 "\\x07\\x00\\x00\\x00\\x00\\x00\\x00\\x00"'],
  );
});
