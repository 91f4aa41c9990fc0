// Who a caller is to rules, limits, weights and percentages: consumers of different sources, and of different providers, are
// never one, whatever their names look like.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { packRules } from '@tollgate/envoy';
import { type Host, ManualClock } from '@tollgate/host-sim';
import fc from 'fast-check';
import { jwk, jwt, keySet } from './jwt-token.js';
import { load, policy } from './load.js';
import { knows, noon, secretOfAll, signedBy } from './signed.js';

const exp = Date.parse(noon) / 1000 + 600;
const certificate = 'spiffe://corporate/orders';

const providers = ['corporate', 'partner'].map((name) => ({ name, issuer: name, jwks: { env: 'KEYS' } }));
const jwtPolicy = { ...policy, providers, rules: [{ name: 'r', require: 'none' }] };

interface Caller {
  system?: string;
  provider?: string;
  subject?: string;
}
const subjects = ['orders', 'corporate', 'corporate/orders', 'partner/orders', 'a/b/c', '/orders', 'orders/'];
const callers: Caller[] = [
  {},
  { system: 'orders' },
  ...providers.flatMap(({ name }) => subjects.map((subject) => ({ provider: name, subject }))),
];

function headersOf({ system, provider, subject }: Caller): Record<string, string> {
  if (provider) return { authorization: `Bearer ${jwt({ iss: provider, sub: subject, exp })}` };
  return system ? signedBy(system) : {};
}

/** As the contract says it, apart from how the filters look it up. */
function means(written: string, { system, provider, subject }: Caller, peer: string | undefined): boolean {
  if (system) return written === system;
  if (!provider) return written === (peer ?? 'anonymous');
  return written === `jwt:${provider}/${subject}` || (!subject?.includes('/') && written === `jwt:${subject}`);
}

const names = [
  ...['anonymous', 'orders', 'corporate', certificate, 'jwt:orders', 'jwt:corporate', 'jwt:others'],
  ...['jwt:corporate/orders', 'jwt:partner/orders', 'jwt:partner/corporate/orders', 'jwt:partner/a/b/c'],
  ...['jwt:partner//orders', 'jwt:corporate/orders/', 'jwt:a/b/c'],
];
const rules = fc.array(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 24,
  size: 'max',
});

function loaded(steps: object, peer?: string): Promise<Host> {
  return load(
    'governance',
    { token: [knows('orders')], jwt: [jwtPolicy as never], ...steps },
    {
      env: { ...secretOfAll, KEYS: keySet(jwk('HS256')) },
      clock: new ManualClock(noon),
      ...(peer ? { properties: { 'connection.uri_san_peer_certificate': peer } } : {}),
    },
  );
}

const ruleOf = (answer: { status: number; body: string }) =>
  answer.status === 200 ? undefined : (JSON.parse(answer.body) as { rule: string }).rule;

describe('a consumer is the one whom a rule names', () => {
  const peers = fc.constantFrom(undefined, certificate);
  const filler = Array.from({ length: 20 }, (_, index) => [`nobody${index}`]);

  test('among few limits and among many, which have an index', async () => {
    await fc.assert(
      fc.asyncProperty(rules, peers, fc.boolean(), async (few, peer, many) => {
        const consumers = many ? [...filler, ...few] : few.slice(0, 10);
        const limits = consumers.map((named, index) => ({
          name: `l${index}`,
          match: [{ consumers: named }],
          requests: 0,
          perMs: 1000,
        }));
        const sim = await loaded({ ratelimit: [{ ...policy, limits }] }, peer);
        for (const caller of callers) {
          const first = consumers.findIndex((named) => named.some((written) => means(written, caller, peer)));
          const rule = ruleOf(await sim.request({ headers: headersOf(caller) }));
          assert.equal(rule, first < 0 ? undefined : `p/l${first}`, JSON.stringify(caller));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('among rules in the packed form', async () => {
    const long = Array.from({ length: 101 }, (_, index) => [`nobody${index}`]);
    await fc.assert(
      fc.asyncProperty(rules, async (few) => {
        const consumers = [...few, ...long];
        const written = consumers.map((named, index) => ({
          name: `r${index}`,
          match: [{ consumers: named }],
          require: 'jwt',
          scopes: ['none'],
        }));
        const packed = packRules(written as never);
        assert.equal(packed.length, 1);
        const sim = await loaded({ jwt: [jwtPolicy, { ...jwtPolicy, name: 'q', rules: packed }] });
        for (const caller of callers.filter(({ provider }) => provider)) {
          const first = consumers.findIndex((named) => named.some((one) => means(one, caller, undefined)));
          const rule = ruleOf(await sim.request({ headers: headersOf(caller) }));
          assert.equal(rule, first < 0 ? undefined : `q/r${first}`, JSON.stringify(caller));
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('each consumer has a budget of its own', async () => {
  const limits = [{ name: 'l', key: ['consumer'], requests: 1, perMs: 60_000 }];
  const sim = await loaded({ ratelimit: [{ ...policy, limits }] });
  for (const status of [200, 429])
    for (const caller of callers)
      assert.equal((await sim.request({ headers: headersOf(caller) })).status, status, JSON.stringify(caller));
});

describe('shares are weighed', () => {
  /** How many of a shared budget of 80 each gets, once all have asked for more than there is. */
  async function shares(weights: Record<string, number>, asking: Caller[], peer?: string): Promise<number[]> {
    const sim = await loaded({ ratelimit: [{ ...policy, fairShares: { requests: 80, perMs: 900, weights } }] }, peer);
    let counts: number[] = [];
    for (let at = 0; at < 4500; at += 10) {
      if (at === 3600) counts = asking.map(() => 0);
      for (const [index, caller] of asking.entries())
        if ((await sim.request({ headers: headersOf(caller) })).status === 200)
          counts[index] = (counts[index] ?? 0) + 1;
      sim.advance(10);
    }
    return counts;
  }
  const near = (counts: number[], wanted: number[]) =>
    assert.ok(
      counts.every((count, index) => Math.abs(count - (wanted[index] ?? 0)) <= 5),
      `${counts} is not near ${wanted}`,
    );
  const corporate = { provider: 'corporate', subject: 'orders' };
  const partner = { provider: 'partner', subject: 'orders' };

  test('for the subject of one provider before that of any, in whatever order they are written', async () => {
    near(await shares({ 'jwt:orders': 3, 'jwt:corporate/orders': 1 }, [corporate, partner]), [20, 60]);
    near(await shares({ 'jwt:corporate/orders': 1, 'jwt:orders': 3 }, [corporate, partner]), [20, 60]);
  });

  test('and for the holder of a certificate', async () => {
    near(await shares({ [certificate]: 3 }, [{}, corporate], certificate), [60, 20]);
  });
});

test('a percentage takes each of them by its own name', async () => {
  const fnv = (text: string) =>
    Buffer.from(text).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5) % 10_000;
  const limits = [{ name: 'l', requests: 0, perMs: 1000 }];
  const sim = await loaded({ ratelimit: [{ ...policy, mode: { percent: 50 }, limits }] });
  for (let index = 0; index < 40; index++)
    for (const { name } of providers) {
      const { status } = await sim.request({ headers: headersOf({ provider: name, subject: `s${index}` }) });
      assert.equal(status, fnv(`jwt:${name}/s${index}`) < 5000 ? 429 : 200);
    }
});

describe('a configuration is refused', () => {
  const refused = (steps: object, pattern: RegExp) =>
    assert.rejects(
      loaded(steps),
      (error: { message: string }) => pattern.test(error.message) || assert.fail(error.message),
    );
  const rename = (name: string, issuer: string) => ({
    ...jwtPolicy,
    name: 'q',
    providers: [{ ...providers[0], name, issuer }],
  });

  test('with a slash in a provider’s name', () =>
    refused({ jwt: [rename('a/b', 'corporate')] }, /providers\[0\]\.name: must not have a slash/));

  test('with a provider of another issuer’s name in another policy', async () => {
    await refused(
      { jwt: [jwtPolicy, rename('partner', 'other')] },
      /jwt\[1\]\.providers\[0\]: has the name of another issuer/,
    );
    await loaded({ jwt: [jwtPolicy, rename('partner', 'partner')] });
  });

  test('with a consumer that is none', async () => {
    for (const written of ['jwt:', 'jwt:/a', 'jwt:a/', 'system:a', 'spiffe://A/b']) {
      const limits = [{ name: 'l', match: [{ consumers: [written] }], requests: 0, perMs: 1000 }];
      await refused({ ratelimit: [{ ...policy, limits }] }, /consumers\[0\]: must be a name, jwt:<subject>/);
      const fairShares = { requests: 1, perMs: 1, weights: { [written]: 1 } };
      await refused({ ratelimit: [{ ...policy, fairShares }] }, /weights\..*: must be a name, jwt:<subject>/);
    }
  });
});
