import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatPath } from './resource.js';
import { checkDocuments } from './testing/check-documents.js';

const inline =
  '{"keys":[{"kty":"EC","crv":"P-256","x":"Sm65Us6KCRhSs-MDMMv0VSyob4mxITH3WjDE7rjKlYI","y":"fodxPQczR4kVyVI4OkgldBzoNyoIwY6-qQ3JSX2FGJA"}]}';
const provider = (name: string, issuer = `https://${name}.example`) => ({ name, issuer, jwks: { inline } });
const jwtPolicy = (name: string, providers: object[], more: object = {}) => ({
  kind: 'JwtPolicy',
  metadata: { name },
  spec: { providers, ...more },
});
const authentication = (...issuers: string[]) => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'RequestAuthentication',
  metadata: { name: 'istio' },
  spec: { jwtRules: issuers.map((issuer) => ({ issuer, jwks: inline })) },
});
const limit = (consumer: string) => ({
  kind: 'RateLimitPolicy',
  metadata: { name: 'limits' },
  spec: { limits: [{ name: 'l', match: [{ consumers: [consumer] }], key: ['consumer'], requests: 1, per: '1s' }] },
});

function messages(...documents: object[]): string {
  const all = [{ kind: 'Service', metadata: { name: 'vendors' } }, ...documents];
  return checkDocuments(...all)
    .mistakes.map(({ path, message }) => `${formatPath(path)} ${message}`)
    .join('\n');
}

describe('a rule names a subject', () => {
  const policies = [jwtPolicy('jwt', [provider('corporate')]), authentication('https://istio.example/a')];
  const refused: [string, RegExp][] = [
    ['jwt:corprate/orders', /no provider "corprate", did you mean "corporate"/],
    ['jwt:teams/orders', /no provider "teams"; write a subject that contains a slash .* jwt:corporate\/teams\/orders/],
    ['jwt:https://istio.example/a/alice', /write it without slashes: jwt:https%3A%2F%2Fistio\.example%2Fa\/alice/],
    ['jwt:', /has no subject/],
    ['jwt:/a', /has no subject/],
    ['jwt:corporate/', /has no subject/],
  ];
  const taken = [
    'jwt:orders',
    'jwt:corporate/orders',
    'jwt:corporate/a/b',
    'jwt:https%3A%2F%2Fistio.example%2Fa/alice',
  ];

  for (const consumer of taken) test(consumer, () => assert.equal(messages(...policies, limit(consumer)), ''));
  for (const [consumer, expected] of refused)
    test(`and not ${consumer}`, () => assert.match(messages(...policies, limit(consumer)), expected));

  test('as weights do', () => {
    const shares = (consumer: string) => ({
      kind: 'RateLimitPolicy',
      metadata: { name: 'limits' },
      spec: { fairShares: { requests: 1, per: '1s', weights: { [consumer]: 2 } } },
    });
    assert.equal(messages(...policies, shares('jwt:corporate/orders')), '');
    assert.match(messages(...policies, shares('jwt:partner/orders')), /weights\..* there is no provider "partner"/);
  });

  test('only where some policy proves one', () => {
    assert.match(messages(limit('jwt:orders')), /an identity that no policy verifies/);
    assert.match(messages(authentication(), limit('jwt:orders')), /an identity that no policy verifies/);
  });
});

describe('a provider’s name is one issuer’s', () => {
  const corporate = jwtPolicy('a', [provider('corporate')]);

  test('in all policies of a service', () => {
    const other = jwtPolicy('b', [provider('corporate', 'https://other.example')]);
    assert.match(
      messages(corporate, other),
      /^spec\.providers\[0\]\.name "corporate" already names another issuer, https:\/\/corporate\.example, in JwtPolicy "a"/,
    );
    assert.equal(messages(corporate, jwtPolicy('b', [provider('corporate')])), '');
  });

  test('on each side, and for each service', () => {
    const other = jwtPolicy('b', [provider('corporate', 'https://other.example')], { side: 'consumer' });
    assert.equal(messages(corporate, other), '');
    const of = (name: string) => ({ targetRefs: [{ kind: 'Service', name }] });
    const orders = { kind: 'Service', metadata: { name: 'orders' } };
    assert.equal(
      messages(
        orders,
        jwtPolicy('a', [provider('corporate')], of('vendors')),
        jwtPolicy('b', [provider('corporate', 'https://other.example')], of('orders')),
      ),
      '',
    );
  });

  test('also where the issuer is itself the name', () => {
    assert.match(
      messages(corporate, authentication('corporate')),
      /jwtRules\[0\]\.issuer "corporate" already names another issuer/,
    );
    assert.equal(messages(jwtPolicy('a', [provider('corporate', 'corporate')]), authentication('corporate')), '');
  });
});
