import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkFile } from '../check-file.js';
import { joinFiles } from '../policies.js';
import { checkExamples } from './check-examples.js';

const limits = ['orders', 'jwt:orders', 'jwt:corporate/orders', 'jwt:partner/a/b', 'spiffe://mesh/orders', 'anonymous'];
const nobody = 'nobody in particular';

/** The limit, named by its place, that refuses the consumer of an example. */
const refusals: [consumer: string | undefined, limit: number | undefined][] = [
  ['orders', 0],
  ['jwt:orders', 1],
  ['jwt:partner/orders', 1],
  ['jwt:corporate/orders', 1],
  ['jwt:corporate/alice', undefined],
  ['jwt:alice', undefined],
  ['jwt:partner/a/b', 3],
  ['jwt:corporate/a/b', undefined],
  ['spiffe://mesh/orders', 4],
  ['spiffe://mesh/vendors', undefined],
  [undefined, 5],
];

async function redIn(kind: string, spec: object): Promise<string[]> {
  const jwks = { env: 'KEYS' };
  const providers = ['corporate', 'partner'].map((name) => ({ name, issuer: name, jwks }));
  const documents = [
    ['Service', 'vendors', {}],
    ['Service', 'orders', {}],
    ['JwtPolicy', 'jwt', { targetRefs: [{ kind: 'Service', name: 'orders' }], providers }],
    [kind, 'p', { targetRefs: [{ kind: 'Service', name: 'vendors' }], ...spec }],
  ].map(([kind, name, spec]) => JSON.stringify({ apiVersion: 'tollgate.dev/v1', kind, metadata: { name }, spec }));
  const { model, mistakes } = joinFiles([checkFile('p.yaml', documents.join('\n---\n'))]);
  assert.deepEqual(mistakes, []);
  return (await checkExamples(model)).map(({ message }) => message);
}

const example = (consumer: string | undefined, expect: object) => ({
  request: consumer === undefined ? {} : { consumer },
  expect,
});

describe('the caller of an example', () => {
  const limited = limits.map((consumer, index) => ({
    ...{ name: `l${index}`, match: [{ consumers: [consumer] }], key: ['service'] },
    ...{ requests: 0, per: '1s' },
  }));

  for (const [consumer, limit] of refusals)
    test(`${consumer ?? nobody} is ${limit === undefined ? 'nobody whom a limit names' : limits[limit]}`, async () => {
      const expect = limit === undefined ? { verdict: 'allowed' } : { verdict: 'denied', rule: `p/l${limit}` };
      assert.deepEqual(await redIn('RateLimitPolicy', { limits: limited, examples: [example(consumer, expect)] }), []);
      const contrary = { verdict: limit === undefined ? 'denied' : 'allowed' };
      const red = await redIn('RateLimitPolicy', { limits: limited, examples: [example(consumer, contrary)] });
      assert.match(red[0] ?? '', /the example fails/);
    });

  test('of an access policy is known by the certificate alone', async () => {
    const rules = limits.map((consumer, index) => ({
      ...{ name: `r${index}`, match: [{ consumers: [consumer] }] },
      deny: ['0.0.0.0/0'],
    }));
    const denied = (rule: string) => ({ verdict: 'denied', rule });
    const examples = [
      example('spiffe://mesh/orders', denied('p/r4')),
      example('orders', denied('p/r5')),
      example('jwt:orders', denied('p/r5')),
    ];
    assert.deepEqual(await redIn('AccessPolicy', { rules, examples }), []);
  });

  test('is refused where nothing can prove it', async () => {
    const examples = [example('jwt:orders', { verdict: 'allowed' })];
    const providers = [{ name: 'corporate', issuer: 'corporate', jwks: { env: 'KEYS' } }];
    assert.match((await redIn('JwtPolicy', { providers, examples }))[0] ?? '', /examples cannot sign a JWT/);
    const systems = [{ id: 'x', secrets: [{ env: 'X' }] }];
    assert.match((await redIn('TokenPolicy', { systems, examples }))[0] ?? '', /not one of this policy's systems/);
    const limit = { name: 'l', key: ['service'], requests: 1, per: '1s' };
    const consumerSide = { side: 'consumer', limits: [limit], examples };
    assert.match(
      (await redIn('RateLimitPolicy', consumerSide))[0] ?? '',
      /on the consumer’s side the caller is a service/,
    );
  });
});
