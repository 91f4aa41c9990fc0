import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mistakesIn } from '../check.js';
import { formatPath } from '../resource.js';
import { virtualServiceSpec } from './virtual-service-spec.js';

const route = [{ destination: { host: 'vendors' } }];

function messages(spec: object): string {
  const { success, error } = virtualServiceSpec.safeParse(spec, { reportInput: true });
  return success
    ? ''
    : mistakesIn(error)
        .map(({ path, message }) => `${formatPath(path)}: ${message}`)
        .join('\n');
}
const ofRoute = (http: object) => messages({ hosts: ['vendors'], http: [http] });
const beside = (more: object) => ofRoute({ route, ...more });
const ofMatch = (match: object) => beside({ match: [match] });
const parsed = (http: object) =>
  virtualServiceSpec.parse({ hosts: ['vendors'], http: [http] }).http[0] ?? assert.fail();

test('Istio’s own examples are taken', () => {
  const spec = {
    hosts: ['reviews.prod.svc.cluster.local'],
    http: [
      { match: [{ headers: { 'end-user': { exact: 'vip' } } }], route },
      { route, retries: { attempts: 3, perTryTimeout: '2s' } },
      { route, fault: { delay: { percentage: { value: 10.0 }, fixedDelay: '3s' } } },
      { match: [{ uri: { prefix: '/wpcatalog' } }], rewrite: { uri: '/newcatalog' }, route },
      { redirect: { uri: '/v1/bookRatings', authority: 'newratings.default.svc.cluster.local' } },
      {
        directResponse: { status: 503, body: { string: 'unknown error' } },
        headers: { response: { set: { a: 'b' } } },
      },
      {
        corsPolicy: { allowOrigins: [{ exact: 'https://example.com' }], allowMethods: ['POST'], maxAge: '24h' },
        route,
      },
      { delegate: { name: 'productpage', namespace: 'nsA' }, match: [{ uri: { prefix: '/productpage' } }] },
    ],
  };
  assert.equal(messages(spec), '');
});

test('retries are on Istio’s own conditions where a document does not say', () => {
  const { retries } = parsed({ route, retries: { attempts: 2 } });
  assert.deepEqual(retries?.conditions, ['connect-failure', 'refused-stream', 'unavailable', 'cancelled']);
  const own = parsed({ route, retries: { attempts: 2, retryOn: '503, reset' } }).retries;
  assert.deepEqual([own?.conditions, own?.statuses], [['reset'], [503]]);
  assert.equal(parsed({ route }).retries, undefined);
});

describe('a route says once where calls go', () => {
  const refused: [what: string, http: object, expected: RegExp][] = [
    ['nowhere', {}, /http\[0\]: goes nowhere, write route, redirect or directResponse/],
    ['two ways', { route, redirect: { uri: '/a' } }, /http\[0\]\.route: cannot stand beside `redirect`/],
    ['two answers', { directResponse: { status: 200 }, redirect: { uri: '/' } }, /directResponse: cannot stand beside/],
    [
      'a fault of none',
      { redirect: { uri: '/' }, fault: { abort: { httpStatus: 500 } } },
      /fault: has no effect beside/,
    ],
    ['a rewrite of none', { directResponse: { status: 200 }, rewrite: { uri: '/' } }, /rewrite: has no effect beside/],
    ['a delegate and a route', { route, delegate: { name: 'x' } }, /route: cannot stand beside `delegate`/],
    ['no weight', { route: [...route, ...route] }, /route: has only destinations of weight 0/],
    ['a weight below 0', { route: [{ ...route[0], weight: -1 }] }, /weight: must be at least 0/],
    [
      'weights past 32 bits',
      { route: [1, 2].map(() => ({ ...route[0], weight: 2 ** 30 * 1.5 })) },
      /more than 2147483647/,
    ],
    ['many hosts', { route: [{ destination: { host: '*.example' } }] }, /host: names more than one service/],
    ['a host of no form', { route: [{ destination: { host: 'a..b' } }] }, /host: "a\.\.b" is not a host/],
    ['a subset of no form', { route: [{ destination: { host: 'a', subset: 'V_1' } }] }, /subset: is not the name of a/],
    [
      'a port without a number',
      { route: [{ destination: { host: 'a', port: 80 } }] },
      /port: is a number, write its fields/,
    ],
    [
      'mirrors twice',
      { route, mirror: { host: 'a' }, mirrors: [{ destination: { host: 'a' } }] },
      /mirrors: cannot stand/,
    ],
    [
      'too large a share',
      { route, mirror: { host: 'a' }, mirrorPercentage: { value: 101 } },
      /value: must be at most 100/,
    ],
    [
      'too small a share',
      { route, mirror: { host: 'a' }, mirrorPercentage: { value: 0.00001 } },
      /is too small a share/,
    ],
    ['an unknown field', { route, timeOut: '1s' }, /unknown field "timeOut", did you mean "timeout"/],
  ];
  for (const [what, http, expected] of refused) test(what, () => assert.match(ofRoute(http), expected));
});

describe('conditions that Envoy or Istio would not take', () => {
  const refused: [what: string, match: object, expected: RegExp][] = [
    ['two of one', { uri: { exact: '/', prefix: '/' } }, /uri: write exactly one of exact, prefix or regex/],
    ['a path that is only there', { uri: {} }, /uri: write exactly one of/],
    ['a header of two kinds', { headers: { a: { exact: 'a', prefix: 'b' } } }, /headers\.a: write only one of/],
    ['an empty prefix', { method: { prefix: '' } }, /prefix: is empty, write the beginning/],
    ['lookaround', { uri: { regex: '/(?!a)' } }, /regex: is not a regular expression of RE2.*RE2 has no lookaround/],
    ['a backreference', { uri: { regex: '(a)\\1' } }, /regex: is not a regular.*no references back/],
    ['a star alone', { headers: { a: { regex: '*' } } }, /regex: .*missing argument to repetition operator/],
    ['a long expression', { uri: { regex: 'a'.repeat(1025) } }, /regex: is longer than 1024 characters/],
    ['a header that Istio passes over', { headers: { method: {} } }, /headers\.method: is not looked at by Istio/],
    ['claims', { headers: { '@request.auth.claims.sub': {} } }, /routes by the claims of a token/],
    ['a header of no form', { headers: { 'a b': {} } }, /is not a header name/],
    ['a port of 0', { port: 0 }, /port: must be at least 1/],
    ['a gateway', { gateways: ['bookinfo'] }, /gateways\[0\]: "bookinfo" is not valid here, write mesh/],
  ];
  for (const [what, match, expected] of refused) test(what, () => assert.match(ofMatch(match), expected));

  test('a star says that a header shall be absent', () =>
    assert.equal(ofMatch({ withoutHeaders: { a: { regex: '*' } } }), ''));
  test('an empty path prefix and an empty parameter are none of them', () =>
    assert.equal(ofMatch({ uri: { prefix: '' }, queryParams: { a: { exact: '' }, b: {} } }), ''));
});

describe('what else Envoy would refuse at boot', () => {
  const refused: [what: string, http: object, expected: RegExp][] = [
    [
      'a header of its own',
      { route, headers: { request: { set: { ':path': 'x' } } } },
      /is not a header that can be changed/,
    ],
    [
      'the host of an answer',
      { route, headers: { response: { add: { Host: 'x' } } } },
      /is not a header that can be changed/,
    ],
    [
      'the host taken away',
      { route, headers: { request: { remove: ['host'] } } },
      /remove\[0\]: is not a header that can/,
    ],
    [
      'two hosts',
      { route, headers: { request: { set: { host: 'a', ':authority': 'b' } } } },
      /writes the host more than once/,
    ],
    [
      'a host written twice',
      { route, rewrite: { authority: 'a' }, headers: { request: { set: { host: 'b' } } } },
      /in one place/,
    ],
    ['a line in a value', { route, headers: { request: { set: { a: 'b\nc' } } } }, /has a control character/],
    ['a single percent sign', { route, headers: { request: { set: { a: '100%' } } } }, /a: has a single "%"/],
    [
      'a secret of the proxy',
      { route, headers: { request: { set: { a: '%ENVIRONMENT(X)%' } } } },
      /is not filled in here/,
    ],
    ['a status', { directResponse: { status: 600 } }, /status: must be at most 599/],
    [
      'a body of two kinds',
      { directResponse: { status: 200, body: { string: 'a', bytes: 'YQ==' } } },
      /exactly one of/,
    ],
    ['a body that is not base64', { directResponse: { status: 200, body: { bytes: 'a' } } }, /bytes: is not base64/],
    [
      'a redirect code',
      { redirect: { uri: '/', redirectCode: 304 } },
      /redirectCode: is not a redirect that can be sent/,
    ],
    ['a redirect to where it was', { redirect: { redirectCode: 302 } }, /redirect: leads back to the same place/],
    [
      'two ports',
      { redirect: { authority: 'a.example:8443', port: 443 } },
      /has a port in authority and says of another/,
    ],
    ['two paths', { redirect: { uri: '/', prefixRewrite: '/' } }, /only one of uri and prefixRewrite/],
    ['another scheme', { redirect: { scheme: 'ftp' } }, /scheme: "ftp" is not valid here, write http or https/],
    [
      'a prefix for none',
      { match: [{ uri: { exact: '/' } }], redirect: { prefixRewrite: '/' } },
      /match\[0\]\.uri: must be a prefix/,
    ],
    ['an empty rewrite', { route, rewrite: {} }, /rewrite: changes nothing/],
    [
      'a group that is none',
      { route, rewrite: { uriRegexRewrite: { match: '/(a)', rewrite: '\\2' } } },
      /only 1 groups/,
    ],
    [
      'an abort of no kind',
      { route, fault: { abort: { percentage: { value: 1 } } } },
      /exactly one of httpStatus or grpcStatus/,
    ],
    [
      'a status of gRPC',
      { route, fault: { abort: { grpcStatus: '14' } } },
      /grpcStatus: "14" is not valid here, write OK/,
    ],
    [
      'an abort by percent',
      { route, fault: { abort: { percent: 1, httpStatus: 500 } } },
      /percent: was taken out of Istio/,
    ],
    ['no delay', { route, fault: { delay: { fixedDelay: '0s' } } }, /fixedDelay: must be at least 1ms/],
    ['a fault of nothing', { route, fault: {} }, /fault: does nothing/],
    [
      'no reason to retry',
      { route, retries: { attempts: 1, retryOn: '5xx,sometimes' } },
      /"sometimes" is not a condition/,
    ],
    ['retries of a negative number', { route, retries: { attempts: -1 } }, /attempts: must be at least 0/],
    ['retries that are off', { route, retries: { attempts: 0, retryOn: '5xx' } }, /has no effect with `attempts: 0`/],
    [
      'an origin of two kinds',
      { route, corsPolicy: { allowOrigins: [{ exact: 'a', prefix: 'b' }] } },
      /exactly one of/,
    ],
    ['half a second', { route, corsPolicy: { maxAge: '0.5s' } }, /maxAge: is told to browsers in whole seconds/],
    [
      'a method that is none',
      { route, corsPolicy: { allowMethods: ['FETCH'] } },
      /allowMethods\[0\]: "FETCH" is not valid/,
    ],
  ];
  for (const [what, http, expected] of refused) test(what, () => assert.match(ofRoute(http), expected));
});

describe('of the document', () => {
  const http = [{ route }];
  const refused: [what: string, spec: object, expected: RegExp][] = [
    ['nothing to do', { hosts: ['a'] }, /routes nothing, write http, tls or tcp/],
    ['every host', { hosts: ['*'], http }, /hosts\[0\]: is every host, which only a gateway can route/],
    ['a host twice', { hosts: ['a', 'A'], http }, /hosts\[1\]: "a" is written twice/],
    ['a host in another', { hosts: ['a.b', '*.b'], http }, /hosts\[1\]: "\*\.b" and "a\.b" are hosts of each other/],
    [
      'a gateway',
      { hosts: ['a'], gateways: ['bookinfo'], http },
      /gateways\[0\]: "bookinfo": the kind Gateway is not in/,
    ],
    ['a delegate with a gateway', { gateways: ['mesh'], http }, /gateways: has no effect without `hosts`/],
    ['a delegate that delegates', { http: [{ delegate: { name: 'x' } }] }, /http\[0\]\.delegate: has no effect/],
    [
      'everybody and somebody',
      { hosts: ['a'], exportTo: ['*', 'b'], http },
      /exportTo: has "\*", which is every namespace/,
    ],
  ];
  for (const [what, spec, expected] of refused) test(what, () => assert.match(messages(spec), expected));
});
