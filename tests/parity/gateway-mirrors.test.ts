import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Application, rawHttp, type SeenRequest } from '@tollgate/scenario';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { type Case, playCases } from './gateway-cases.js';

const mirrored = (mirrors: object[], more: object = {}) => ({
  route: { cluster: 'one', request_mirror_policies: mirrors, ...more },
});
const part = (numerator: number) => ({ runtime_fraction: { default_value: { numerator } } });

const routes = [
  { match: { path: '/plain' }, ...mirrored([{ cluster: 'two' }]) },
  { match: { path: '/always' }, ...mirrored([{ cluster: 'two', ...part(100) }]) },
  { match: { path: '/never' }, ...mirrored([{ cluster: 'two', ...part(0) }]) },
  { match: { path: '/host' }, ...mirrored([{ cluster: 'two', disable_shadow_host_suffix_append: true }]) },
  { match: { path: '/twice' }, ...mirrored([{ cluster: 'two' }, { cluster: 'two' }]) },
  { match: { path: '/down' }, ...mirrored([{ cluster: 'down' }]) },
  {
    match: { path: '/changed' },
    ...mirrored([{ cluster: 'two' }], { prefix_rewrite: '/new', host_rewrite_literal: 'new.example' }),
    request_headers_to_add: [{ header: { key: 'x-added', value: 'yes' } }],
  },
  {
    // What is left of the whole time differs from run to run, that of a try does not.
    match: { path: '/status/503' },
    ...mirrored([{ cluster: 'two' }], { retry_policy: { retry_on: '5xx', per_try_timeout: '5s' } }),
  },
  { match: { path: '/empty' }, route: { cluster: 'empty', request_mirror_policies: [{ cluster: 'two' }] } },
  {
    match: { prefix: '/drawn/' },
    route: {
      weighted_clusters: {
        clusters: [
          { name: 'one', weight: 70 },
          { name: 'two', weight: 30 },
        ],
      },
      request_mirror_policies: [{ cluster: 'one', ...part(30) }],
    },
  },
  { match: { path: '/untimed' }, ...mirrored([{ cluster: 'two' }], { timeout: '0s' }) },
];
const cases: Case[] = [
  { path: '/plain', upstream: 2 },
  { path: '/plain', method: 'POST', body: 'the same body', upstream: 2 },
  { path: '/plain', headers: [['host', 'a.example:8080']], upstream: 2 },
  { path: '/plain', headers: [['host', '[::1]:8080']], upstream: 2 },
  { path: '/plain', headers: [['content-type', 'application/grpc']], upstream: 2 },
  { path: '/always', upstream: 2 },
  { path: '/never' },
  { path: '/host', upstream: 2 },
  { path: '/twice', upstream: 3 },
  { path: '/down' },
  { path: '/empty' },
  { path: '/changed', upstream: 2 },
  { path: '/status/503', upstream: 3 },
  { path: '/untimed', upstream: 2 },
];

const parity = new ParityCount('mirrors of the gateway');

describe('mirrored requests of the gateway', () => {
  const both = playCases({ routes, clusters: { empty: { ports: [] } } }, cases, parity);

  test('percents are drawn by the number that chooses the cluster, where weights add up to 100', async () => {
    const [one, two] = both.applications as [Application, Application];
    for (const [index, port] of both.ports.entries()) {
      for (let count = 0; count < 150; count++) await rawHttp({ port, path: `/drawn/${index}/${count}` });
      const ownHost = ({ headers }: SeenRequest) =>
        headers.some(([name, value]) => name === 'host' && value === 'vendors');
      const paths = ({ seen }: Application) =>
        seen
          .filter(({ path }) => path.startsWith(`/drawn/${index}/`))
          .map((request) => ({ ...request, own: ownHost(request) }));
      const second = new Set(paths(two).map(({ path }) => path));
      const mirrored = paths(one).filter(({ own }) => !own);
      assert.ok(mirrored.length > 0, 'none of 150 requests was mirrored');
      assert.deepEqual(
        mirrored.filter(({ path }) => second.has(path)),
        [],
      );
    }
    parity.same('percents and weights');
  });
});

test('the count', (context) => parity.tell(context));
