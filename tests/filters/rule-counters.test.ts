// What is counted of each rule, and which shadow verdicts are logged.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '@tollgate/host-sim';
import { signToken, tokenDate } from '@tollgate/model';
import { jwk, jwt, keySet } from './jwt-token.js';
import { load, policy } from './load.js';

const noon = '2026-11-21T12:00:00Z';
const shadow = { ...policy, mode: 'shadow' } as const;
const counted = (name: string) => `tollgate.rule.default/${name}`;
const everyone = [{ name: 'r', deny: ['0.0.0.0/0', '::/0'] }];

/** A shadow of access rules, and the lines that it logs. */
async function shadowed(steps: object, options: object = {}) {
  const clock = new ManualClock(noon);
  const sim = await load('governance', { access: [{ ...shadow, rules: everyone }], ...steps }, { clock, ...options });
  const lines = () => sim.logs.map(({ message }) => message).filter((message) => message.startsWith('shadow '));
  return { clock, sim, lines };
}

describe('counters', () => {
  test('of each rule that refuses, by namespace, policy and rule', async () => {
    const rules = [
      { name: 'a', match: [{ path: { exact: '/a' } }], deny: ['0.0.0.0/0'] },
      { name: 'b', deny: ['0.0.0.0/0'] },
    ];
    const others = { ...shadow, namespace: 'team', rules: everyone };
    const sim = await load('governance', { access: [others, { ...policy, rules }] });
    for (const path of ['/a', '/b', '/b']) await sim.request({ path });
    assert.deepEqual(
      [counted('p/a.denied'), counted('p/a.shadow'), counted('p/b.denied'), 'tollgate.rule.team/p/r.shadow'].map(
        (name) => sim.metric(name),
      ),
      [1, 0, 2, 3],
    );
    assert.equal(sim.metric('tollgate.access.address_denied'), 3);
  });

  test('of limits and breakers too', async () => {
    const limits = [{ name: 'all', key: [], requests: 1, perMs: 1000, burst: 0 }];
    const sim = await load('governance', { ratelimit: [{ ...policy, limits }] } as never);
    for (let count = 0; count < 3; count++) await sim.request();
    assert.equal(sim.metric(counted('p/all.denied')), 2);
  });

  test('of more rules than there are places for are one', async () => {
    const rules = Array.from({ length: 700 }, (_, index) => ({
      name: `r${index}`,
      match: [{ path: { exact: `/${index}` } }],
      deny: ['0.0.0.0/0'],
    }));
    const sim = await load('governance', { access: [{ ...policy, rules }] });
    for (let index = 0; index < 700; index++) assert.equal((await sim.request({ path: `/${index}` })).status, 403);
    let sum = 0;
    for (let index = 0; index < 700; index++) sum += sim.metric(counted(`p/r${index}.denied`));
    const others = sim.metric('tollgate.rule.others.denied');
    assert.equal(sum + others, 700);
    assert.ok(others >= 700 - 512 && others < 300, `${others}`);
  });
});

describe('a shadow verdict says who it is for', () => {
  test('an address where nobody is proved', async () => {
    const { sim, lines, clock } = await shadowed({});
    for (const peer of ['192.0.2.7:1', '[2001:db8::7:0]:1', '[::ffff:192.0.2.8]:1']) {
      await sim.request({ peer });
      clock.advance('1s');
    }
    assert.deepEqual(lines(), [
      'shadow access p/r address_denied for anonymous 192.0.2.7',
      'shadow access p/r address_denied for anonymous 2001:db8:0:0:0:0:7:0',
      'shadow access p/r address_denied for anonymous 192.0.2.8',
    ]);
  });

  test('the system of a token', async () => {
    const token = {
      ...policy,
      digest: 'md5',
      date: 'day',
      skewMs: 0,
      carry: 'header',
      header: 'x-token',
      systems: [{ id: 'orders', secrets: ['SECRET'] }],
      rules: [{ name: 'r', require: 'none' }],
    };
    const limits = [{ name: 'all', key: [], requests: 0, perMs: 1000, burst: 0 }];
    const steps = { access: [], token: [token], ratelimit: [{ ...shadow, limits }] };
    const { sim, lines } = await shadowed(steps, { env: { SECRET: 's' } });
    const date = tokenDate(new Date(noon), 'day');
    const { digest } = signToken('md5', 's', { system: 'orders', date });
    await sim.request({ headers: { 'x-token': `orders.${date}.${digest}` } });
    assert.deepEqual(lines(), ['shadow ratelimit p/all rate_limited for orders']);
  });

  test('the subject of a JWT, whatever stands in it, on one line', async () => {
    const providers = [{ name: 'i', issuer: 'i', jwks: { env: 'KEYS' }, skewMs: 0 }];
    const jwtPolicy = { ...policy, providers, rules: [{ name: 'r', require: 'none' }] };
    const limits = [{ name: 'all', key: [], requests: 0, perMs: 1000, burst: 0 }];
    const steps = { access: [], jwt: [jwtPolicy], ratelimit: [{ ...shadow, limits }] };
    const { sim, lines } = await shadowed(steps, { env: { KEYS: keySet(jwk('HS256')) } });
    const claims = { iss: 'i', sub: `a\n"b"${'c'.repeat(500)}`, exp: Date.parse(noon) / 1000 + 60 };
    await sim.request({ headers: { authorization: `Bearer ${jwt(claims)}` } });
    const [line = ''] = lines();
    assert.match(line, /^shadow ratelimit p\/all rate_limited for jwt:i\/a\\u000a\\"b\\"c+$/);
    assert.ok(line.length < 400, `${line.length}`);
  });
});

test('of shadow verdicts one a second is logged for each rule, with how many were not', async () => {
  const rules = [{ name: 'a', match: [{ path: { exact: '/a' } }], deny: ['0.0.0.0/0'] }, ...everyone];
  const { sim, lines, clock } = await shadowed({ access: [{ ...shadow, rules }] });
  for (let count = 0; count < 100; count++) await sim.request({ peer: '192.0.2.7:1' });
  await sim.request({ path: '/a', peer: '192.0.2.7:1' });
  clock.advance('1s');
  await sim.request({ peer: '192.0.2.7:1' });
  await sim.request({ peer: '192.0.2.7:1' });
  assert.deepEqual(lines(), [
    'shadow access p/r address_denied for anonymous 192.0.2.7',
    'shadow access p/a address_denied for anonymous 192.0.2.7',
    'shadow access p/r address_denied for anonymous 192.0.2.7, and 99 more since',
  ]);
  assert.equal(sim.metric(counted('p/r.shadow')), 102, 'all are counted');
});
