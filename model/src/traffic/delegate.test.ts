import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mergedRoute } from './delegate.js';
import { httpRoute } from './http-route.js';

const route = [{ destination: { host: 'vendors' } }];
const merged = (root: object, part: object) =>
  mergedRoute(httpRoute.parse({ delegate: { name: 'd' }, ...root }), httpRoute.parse({ route, ...part }));
const matches = (root: object[], part: object[]) => merged({ match: root }, { match: part })?.match;

test('what the delegate does not say, the route that delegates says', () => {
  const found = merged({ name: 'root', timeout: '3s', retries: { attempts: 2 } }, { name: 'part', timeout: '1s' });
  assert.equal(found?.name, 'root-part');
  assert.equal(found?.timeout, 1000);
  assert.equal(found?.retries?.attempts, 2);
  assert.equal(found?.delegate, undefined);
  assert.equal(found?.route?.[0]?.destination.host, 'vendors');
});

test('mirrors and names are taken over where there are none', () => {
  const mirrors = [{ destination: { host: 'copy' } }];
  assert.equal(merged({ mirrors }, {})?.mirrors.length, 1);
  assert.equal(merged({ name: 'root' }, {})?.name, 'root');
  assert.equal(merged({}, { name: 'part' })?.name, 'part');
});

describe('conditions', () => {
  test('stand together', () => {
    const found = matches(
      [{ uri: { prefix: '/a' }, headers: { one: { exact: '1' } } }],
      [{ uri: { prefix: '/a/b' }, headers: { two: {} } }],
    );
    assert.deepEqual(
      found?.map(({ uri, headers }) => ({ uri, headers })),
      [{ uri: { prefix: '/a/b' }, headers: { one: { exact: '1' }, two: {} } }],
    );
  });

  test('are those of the one where the other has none', () => {
    assert.equal(matches([], [{ port: 80 }])?.[0]?.port, 80);
    assert.equal(matches([{ port: 80 }], [])?.[0]?.port, 80);
  });

  test('each of the delegate’s goes with each that it narrows', () => {
    const found = matches(
      [{ uri: { prefix: '/a' } }, { uri: { prefix: '/' } }],
      [{ uri: { exact: '/a/b' } }, { uri: { exact: '/c' } }],
    );
    assert.deepEqual(
      found?.map(({ uri }) => uri?.exact),
      ['/a/b', '/a/b', '/c'],
    );
  });

  const apart: [what: string, root: object, part: object][] = [
    ['a prefix beside the other', { uri: { prefix: '/a' } }, { uri: { prefix: '/b' } }],
    ['a wider prefix', { uri: { prefix: '/a/b' } }, { uri: { prefix: '/a' } }],
    ['a prefix under an exact path', { uri: { exact: '/a' } }, { uri: { prefix: '/a' } }],
    ['two exact paths', { uri: { exact: '/a' } }, { uri: { exact: '/b' } }],
    ['an expression above', { uri: { regex: '/a.*' } }, { uri: { exact: '/ab' } }],
    ['an expression below', { uri: { prefix: '/a' } }, { uri: { regex: '/a.*' } }],
    ['two methods', { method: { exact: 'GET' } }, { method: { exact: 'PUT' } }],
    ['a header', { headers: { a: { exact: '1' } } }, { headers: { a: { exact: '2' } } }],
    ['a header that is only there', { headers: { a: { exact: '1' } } }, { headers: { a: {} } }],
    ['an absent header', { withoutHeaders: { a: { exact: '1' } } }, { withoutHeaders: { a: { exact: '2' } } }],
    ['a parameter', { queryParams: { a: { exact: '1' } } }, { queryParams: { a: { prefix: '1' } } }],
    ['ports', { port: 80 }, { port: 81 }],
    ['case', { ignoreUriCase: true }, {}],
    ['labels of callers', { sourceLabels: { a: '1' } }, { sourceLabels: { a: '2' } }],
    ['namespaces of callers', { sourceNamespace: 'a' }, { sourceNamespace: 'b' }],
  ];
  for (const [what, root, part] of apart)
    test(`${what} that do not go together leave the route out`, () => assert.equal(matches([root], [part]), undefined));

  test('one that goes with none leaves the route out', () => {
    assert.equal(matches([{ uri: { prefix: '/a' } }], [{ uri: { exact: '/a' } }, { uri: { exact: '/b' } }]), undefined);
  });
});
