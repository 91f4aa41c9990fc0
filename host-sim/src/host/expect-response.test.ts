import assert from 'node:assert/strict';
import test from 'node:test';
import { compileProbe } from '../testing/compile.js';
import { expectResponse } from './expect-response.js';
import { Host } from './host.js';

const load = async () => {
  const sim = await Host.load(await compileProbe(), { config: 'hello' });
  sim.setUpstream(() => ({
    status: 200,
    headers: { 'x-up': ['a', 'b'] },
    body: '{"a":[1]}',
    trailers: { 'x-end': 'now' },
  }));
  return sim;
};

test('what is as expected goes on; anything may be chained', async () => {
  const response = await (await load()).request({ method: 'POST', path: '/a', headers: { 'x-in': 'i' }, body: 'hey' });
  expectResponse(response)
    .status(200)
    .header('X-Up', 'a')
    .header('x-up', /^a$/)
    .header('x-none', null)
    .headers('x-up', ['a', 'b'])
    .body(/a/)
    .json({ a: [1] })
    .trailer('x-end', 'now')
    .upstream({ method: 'POST', path: '/a', body: 'hey', headers: { 'x-in': 'i', 'x-out': null } });
});

test('a failure names what differs and shows the whole conversation', async () => {
  const response = await (await load()).request({ path: '/a' });
  const expected = expectResponse(response);
  const failures: [() => unknown, RegExp][] = [
    [() => expected.status(401), /^status: expected 401, it was 200\n/],
    [() => expected.header('x-up', 'b'), /^header x-up: expected "b", it was "a"\n/],
    [() => expected.header('x-none', 'b'), /^header x-none: expected "b", it was absent\n/],
    [() => expected.header('x-up', null), /^header x-up: expected absent, it was "a"\n/],
    [() => expected.json({ a: [2] }), /^body: expected \{"a":\[2\]\}, it was \{"a":\[1\]\}\n/],
    [() => expected.localReply(), /^expected a local reply, the upstream answered\n/],
    [() => expected.notForwarded(), /^expected the request not to reach the upstream, it did\n/],
    [() => expected.upstream({ path: '/b' }), /^path upstream: expected "\/b", it was "\/a"\n/],
    [() => expected.logged('warn', 'nothing'), /^expected the log line warn: nothing, there were \[/],
    [() => expected.reset(), /^expected the stream to be cut, the answer was 200\n/],
  ];
  for (const [fails, message] of failures) {
    assert.throws(fails, (error: Error) => {
      assert.ok(error instanceof assert.AssertionError);
      assert.match(error.message, message);
      assert.match(error.message, /\nthe conversation of the stream:\n {2}proxy_on_context_create\(/);
      assert.match(error.message, /\n {2}proxy_on_request_headers returned Continue\n {2}request goes upstream\n/);
      return true;
    });
  }
});
