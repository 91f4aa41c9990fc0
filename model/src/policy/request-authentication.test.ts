import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDocuments } from '../testing/check-documents.js';
import { authenticationsOf } from './request-authentication.js';

const rule = { issuer: 'https://issuer.example', jwksUri: 'https://issuer.example/keys' };

/** A service vendors with the labels app and tier, and RequestAuthentications. */
function check(...documents: { metadata?: object; spec: object; apiVersion?: string }[]) {
  const service = { kind: 'Service', metadata: { name: 'vendors', labels: { app: 'vendors', tier: 'back' } } };
  const authentications = documents.map(({ metadata, ...rest }, index) => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata: { name: `ra-${index}`, ...metadata },
    ...rest,
  }));
  return checkDocuments(service, ...authentications);
}

const messages = (...given: Parameters<typeof check>) => check(...given).messages;
const ruled = (more: object) => messages({ spec: { jwtRules: [{ ...rule, ...more }] } });

test('defaults are Istio’s', () => {
  const { model, mistakes } = check({ spec: { jwtRules: [rule] } });
  assert.deepEqual(mistakes, []);
  const { audiences, forwardOriginalToken, fromHeaders, fromParams, fromCookies, outputClaimToHeaders } =
    model.of('RequestAuthentication').all[0]?.spec.jwtRules[0] ?? assert.fail();
  assert.equal(forwardOriginalToken, false);
  assert.deepEqual([audiences, fromHeaders, fromParams, fromCookies, outputClaimToHeaders], [[], [], [], [], []]);
});

describe('what is not done here is refused by name', () => {
  const refused: [what: string, rule: object, expected: RegExp][] = [
    ['discovery', { jwksUri: undefined }, /jwtRules\[0\]: needs `jwks` or `jwksUri`: .* discovery document is not in/],
    ['two sources', { jwks: '{"keys":[]}' }, /has both `jwks` and `jwksUri`/],
    ['claims of words', { spaceDelimitedClaims: ['x'] }, /spaceDelimitedClaims \(.*\) is not in this release yet/],
    ['an unknown field', { fromHeader: [] }, /unknown field "fromHeader", did you mean "fromHeaders"/],
    [
      'secrets in line',
      { jwksUri: undefined, jwks: '{"keys":[{"kty":"oct","k":"AA"}]}' },
      /is symmetric \(kty oct\) and so a secret: write a JwtPolicy/,
    ],
    ['an address that is none', { jwksUri: 'issuer.example' }, /jwksUri: is not the address of a key set/],
    ['a header that is none', { outputPayloadToHeader: 'a b' }, /is not a header name/],
    [
      'two claims in one header',
      {
        outputClaimToHeaders: [
          { header: 'a', claim: 'b' },
          { header: 'A', claim: 'c' },
        ],
      },
      /"a" is used twice/,
    ],
    [
      'a claim that is none',
      { outputClaimToHeaders: [{ header: 'a', claim: 'b..c' }] },
      /is not a claim name, write for example sub or realm_access.roles/,
    ],
  ];
  for (const [what, more, expected] of refused) test(what, () => assert.match(ruled(more), expected));

  test('of the document', () => {
    const spec = { jwtRules: [rule] };
    assert.match(messages({ spec, apiVersion: 'tollgate.dev/v1' }), /apiVersion: must be security\.istio\.io\/v1/);
    assert.equal(messages({ spec, apiVersion: 'security.istio.io/v1beta1' }), '');
    assert.match(messages({ spec: { jwtRules: [rule, rule] } }), /jwtRules\[1\]\.issuer: .* is used twice/);
    const targetRefs = [{ kind: 'Service', name: 'vendors' }];
    assert.match(messages({ spec: { ...spec, targetRefs, selector: {} } }), /only one of `selector` and `targetRefs`/);
    assert.match(
      messages({ spec: { ...spec, targetRef: targetRefs[0] } }),
      /targetRef \(.*\) is not in this release yet/,
    );
    assert.match(messages({ spec: { ...spec, targetRefs: [{ kind: 'Gateway', name: 'x' }] } }), /write Service/);
    assert.match(
      messages({ spec: { ...spec, targetRefs: [{ kind: 'Service', name: 'vendor' }] } }),
      /did you mean "vendors"/,
    );
    const elsewhere = [{ kind: 'Service', name: 'vendors', namespace: 'b' }];
    assert.match(
      messages({ spec: { ...spec, targetRefs: elsewhere } }),
      /must be default, the namespace of this document/,
    );
  });
});

describe('a service is governed', () => {
  const governing = (document: { metadata?: object; spec: object }) => {
    const { model, mistakes } = check({ ...document, spec: { jwtRules: [rule], ...document.spec } });
    assert.deepEqual(mistakes, []);
    const authentications = model.of('RequestAuthentication');
    return model.of('Service').all.flatMap((service) => authenticationsOf(authentications, service)).length === 1;
  };
  const select = (matchLabels: object) => ({ selector: { matchLabels } });

  test('by its namespace, its labels, its name, or from Istio’s root namespace', () => {
    assert.equal(governing({ spec: {} }), true);
    assert.equal(governing({ spec: {}, metadata: { namespace: 'other' } }), false);
    assert.equal(governing({ spec: select({ app: 'vendors', tier: 'back' }) }), true);
    assert.equal(governing({ spec: select({ app: 'vendors', tier: 'front' }) }), false);
    assert.equal(governing({ spec: select({ other: 'x' }) }), false);
    assert.equal(governing({ spec: { targetRefs: [{ group: '', kind: 'Service', name: 'vendors' }] } }), true);
    assert.equal(governing({ spec: select({ app: 'vendors' }), metadata: { namespace: 'istio-system' } }), true);
  });

  test('by one rule for each issuer', () => {
    const spec = { jwtRules: [rule] };
    assert.match(
      messages({ spec }, { spec }),
      /another RequestAuthentication for Service "vendors" already has a rule for "https/,
    );
    assert.equal(messages({ spec }, { spec: { ...spec, ...select({ app: 'x' }) } }), '');
  });
});
