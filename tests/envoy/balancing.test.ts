// Which instance a call goes to: Envoy on what the compiler makes of `loadBalancer`.
import assert from 'node:assert/strict';
import type { RequestOptions } from 'node:http';
import { after, describe, test } from 'node:test';
import { type Application, startApplication } from '../support/application.js';
import { startCaller } from '../support/caller.js';

const applications: Application[] = [];
const names = ['a', 'b', 'c'];

const balanced = (fields: string) => `trafficPolicy: { loadBalancer: { ${fields} } }`;
const hashed = (by: string) => balanced(`consistentHash: { ${by} }`);

const rules = {
  alternating: balanced('simple: ROUND_ROBIN'),
  random: balanced('simple: RANDOM'),
  least: balanced('simple: LEAST_REQUEST'),
  oldleast: balanced('simple: LEAST_CONN'),
  header: hashed('httpHeaderName: x-user, ringHash: { minimumRingSize: 5000 }'),
  cookie: hashed('httpCookie: { name: session, path: /shop, ttl: 0s }'),
  lasting: hashed('httpCookie: { name: lasting, ttl: 60s, attributes: [{ name: SameSite, value: Strict }] }'),
  visited: hashed('httpCookie: { name: visitor }'),
  address: hashed('useSourceIp: true, maglev: { tableSize: 251 }'),
  query: hashed('httpQueryParameterName: user, maglev: {}'),
  oldring: hashed('httpHeaderName: x-user, minimumRingSize: 3000'),
};
type Service = keyof typeof rules;

for (const name of names) {
  const application = await startApplication();
  application.answerWith({ status: 200, headers: [], body: name });
  applications.push(application);
}
after(() => Promise.all(applications.map((each) => each.close())));
const ports = applications.map(({ port }) => port);
const caller = await startCaller(...Object.entries(rules).map(([name, rule]) => ({ name, ports, rule })));

/** The instance that answers. */
async function answering(service: Service, path = '/', options: RequestOptions = {}): Promise<string> {
  const { status, text } = await caller.call(service, path, options);
  assert.equal(status, 200);
  return text;
}

async function answeringTimes(count: number, ...call: Parameters<typeof answering>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let each = 0; each < count; each++) {
    const name = await answering(...call);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** One value leads to one instance every time; of many values some lead to another one. */
async function sticks(service: Service, callWith: (value: string) => [path?: string, options?: RequestOptions]) {
  const reached = new Set<string>();
  for (let value = 1; value <= 20; value++) {
    const call = callWith(String(value));
    const first = await answering(service, ...call);
    reached.add(first);
    for (let again = 0; again < 3; again++) assert.equal(await answering(service, ...call), first);
  }
  assert.ok(reached.size > 1, `twenty values reach more than ${[...reached]}`);
}

const user = (value: string): [string, RequestOptions] => ['/', { headers: { 'x-user': value } }];

describe('one after the other, or at random', () => {
  test('ROUND_ROBIN gives each the same number of calls', async () => {
    assert.deepEqual(
      [...(await answeringTimes(30, 'alternating'))].sort(),
      names.map((name) => [name, 10]),
    );
  });

  test('RANDOM gives each some, in no order', async () => {
    const counts = await answeringTimes(150, 'random');
    // Each has 50 of them on average, with a deviation of 6.
    for (const name of names) assert.ok((counts.get(name) ?? 0) > 15 && (counts.get(name) ?? 0) < 85, `${[...counts]}`);
    const rounds = await Promise.all(Array.from({ length: 20 }, () => answeringTimes(3, 'random')));
    assert.ok(rounds.some(({ size }) => size < 3));
  });

  for (const service of ['least', 'oldleast'] as const)
    test(`${service === 'least' ? 'LEAST_REQUEST' : 'LEAST_CONN'} avoids an instance with calls under way`, async () => {
      const [busy] = applications;
      assert.ok(busy);
      busy.answerWith({ status: 200, headers: [], body: 'a', hold: true });
      const arrived = busy.arrived(busy.seen.length + 5);
      const held = Array.from({ length: 120 }, () => caller.call(service));
      await arrived;
      busy.answerWith({ status: 200, headers: [], body: 'a' });
      // Two of the three are drawn and the less busy one is taken: only where both are the busy one does it get the call.
      const counts = await answeringTimes(200, service);
      assert.ok(
        (counts.get('a') ?? 0) < 50,
        `${counts.get('a')} of 200, where 22 are to be expected and 67 are its share`,
      );
      busy.release();
      await Promise.all(held);
    });
});

describe('consistent hash', () => {
  test('by a header', async () => {
    await sticks('header', user);
    assert.ok((await caller.metric('header', 'ring_hash_lb.size')) >= 5000);
  });

  test('by a header, the ring’s size in its old place', async () => {
    await sticks('oldring', user);
    const size = await caller.metric('oldring', 'ring_hash_lb.size');
    assert.ok(size >= 3000 && size < 5000, String(size));
  });

  test('by a query parameter', () => sticks('query', (value) => [`/?user=${value}`]));

  test('by the caller’s address', async () => {
    await sticks('address', (value) => ['/', { localAddress: `127.0.0.${value}` }]);
    assert.ok((await caller.metric('address', 'maglev_lb.max_entries_per_host')) <= 251);
  });

  test('by a cookie that Envoy sets for the session', async () => {
    const { headers, text } = await caller.call('cookie');
    const [made = ''] = headers['set-cookie'] ?? [];
    assert.match(made, /^session="\w+"; Path=\/shop; HttpOnly$/);
    const cookie = made.split(';')[0]?.replaceAll('"', '') ?? '';
    const counts = await answeringTimes(10, 'cookie', '/', { headers: { cookie } });
    assert.deepEqual([...counts], [[text, 10]]);
    assert.equal((await caller.call('cookie', '/', { headers: { cookie } })).headers['set-cookie'], undefined);
    await sticks('cookie', (value) => ['/', { headers: { cookie: `session=${value}` } }]);
  });

  test('by a cookie that lives a while', async () => {
    const { headers } = await caller.call('lasting');
    assert.match(headers['set-cookie']?.[0] ?? '', /^lasting="\w+"; Max-Age=60;.*SameSite=Strict/);
  });

  test('by a cookie that only the application sets', async () => {
    const { headers } = await caller.call('visited');
    assert.equal(headers['set-cookie'], undefined);
    await sticks('visited', (value) => ['/', { headers: { cookie: `visitor=${value}` } }]);
  });
});
