// Subsets of a host: which instances a route's calls reach, and what is said of them alone. And how many retries there may be.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { type Application, startApplication } from '../support/application.js';
import { destinationRule, startCallerOf } from '../support/caller.js';
import { document } from '../support/documents.js';
import { freePorts } from '../support/ports.js';

/** Applications that answer with their names, and their instances with these labels. */
async function instances(versions: Record<string, string>) {
  const applications: Record<string, Application> = {};
  const written: string[] = [];
  for (const [name, version] of Object.entries(versions)) {
    const application = await startApplication();
    after(() => application.close());
    application.answerWith({ status: 200, headers: [], body: name });
    applications[name] = application;
    written.push(`{ address: 127.0.0.1, port: ${application.port}, labels: { version: ${version} } }`);
  }
  return { applications, spec: `{ instances: [${written.join(', ')}] }` };
}

const virtualService = (name: string, spec: string) =>
  document('VirtualService', name, `{ hosts: [${name}], ${spec} }`).replace(
    'tollgate.dev/v1',
    'networking.istio.io/v1',
  );

test('the users’ reviews.yaml does what it says', async () => {
  const yaml = readFileSync(new URL('../vectors/istio/reviews.yaml', import.meta.url), 'utf8');
  const { spec } = await instances({ a: 'v1', b: 'v1', c: 'v2', d: 'v2' });
  // One more that nobody is at: the retries find another.
  const [nobody] = await freePorts(1);
  const dead = `{ instances: [{ address: 127.0.0.1, port: ${nobody}, labels: { version: v1 } }, `;
  const service = document('Service', 'reviews', spec.replace('{ instances: [', dead)).replace(
    'name: reviews',
    'name: reviews, namespace: prod',
  );
  const { call } = await startCallerOf([service, yaml]);
  const host = 'reviews.prod.svc.cluster.local';
  const answers = async (headers: Record<string, string>, count: number) => {
    const names: string[] = [];
    for (let each = 0; each < count; each++) names.push((await call(host, '/', { headers })).text);
    return names;
  };
  assert.deepEqual((await answers({ 'end-user': 'vip' }, 8)).sort(), [...'ccccdddd']);
  assert.deepEqual(new Set(await answers({}, 8)), new Set(['a', 'b']));
  assert.deepEqual(new Set(await answers({ 'end-user': 'viper' }, 8)), new Set(['a', 'b']));
});

describe('subsets', () => {
  test('one that no rule has answers 503, and so does one without instances', async () => {
    const { spec } = await instances({ a: 'v1' });
    const route = (subset: string, prefix: string) =>
      `{ match: [{ uri: { prefix: ${prefix} } }], route: [{ destination: { host: vendors, subset: ${subset} } }] }`;
    const { call } = await startCallerOf([
      document('Service', 'vendors', spec),
      virtualService('vendors', `http: [${route('v1', '/one')}, ${route('v2', '/two')}, ${route('v3', '/three')}]`),
      destinationRule(
        'vendors',
        'subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]',
      ),
    ]);
    const statuses = await Promise.all(
      ['/one', '/two', '/three'].map(async (path) => (await call('vendors', path)).status),
    );
    assert.deepEqual(statuses, [200, 503, 503]);
  });

  test('each destination of a weighted route has its own hash', async () => {
    const { spec } = await instances({ a: 'v1', b: 'v1', c: 'v2', d: 'v2' });
    const hashed = (version: string, header: string) =>
      `{ name: ${version}, labels: { version: ${version} }, trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: ${header} } } } }`;
    const destinations = ['v1', 'v2'].map(
      (subset) => `{ destination: { host: vendors, subset: ${subset} }, weight: 50 }`,
    );
    const { call } = await startCallerOf([
      document('Service', 'vendors', spec),
      virtualService('vendors', `http: [{ route: [${destinations.join(', ')}] }]`),
      destinationRule('vendors', `subsets: [${hashed('v1', 'x-user')}, ${hashed('v2', 'x-team')}]`),
    ]);
    const reached = async (headers: (call: number) => Record<string, string>) => {
      const names = new Set<string>();
      for (let each = 0; each < 60; each++) names.add((await call('vendors', '/', { headers: headers(each) })).text);
      return [...names].sort().join('');
    };
    assert.match(await reached((each) => ({ 'x-user': 'bob', 'x-team': String(each) })), /^[ab]cd$/);
    assert.match(await reached((each) => ({ 'x-user': String(each), 'x-team': 'red' })), /^ab[cd]$/);
  });
});

describe('how many retries there may be', () => {
  /** Calls at once, each of which is answered wrongly and would be retried; how many retries were not made. */
  async function overflows(policy: string, calls: number) {
    const { applications, spec } = await instances({ a: 'v1' });
    applications.a?.answerWith({ status: 503, headers: [], body: '', hold: true });
    const { call, metric } = await startCallerOf([
      document('Service', 'vendors', spec),
      virtualService(
        'vendors',
        'http: [{ route: [{ destination: { host: vendors } }], retries: { attempts: 1, retryOn: 5xx } }]',
      ),
      destinationRule('vendors', `trafficPolicy: { ${policy} }`),
    ]);
    const all = Array.from({ length: calls }, () => call('vendors'));
    await applications.a?.arrived(calls);
    // All are answered at once: the retries of all are then under way together, waiting for their turn.
    applications.a?.release();
    applications.a?.answerWith({ status: 503, headers: [], body: '' });
    await Promise.all(all);
    return {
      overflows: await metric('vendors', 'upstream_rq_retry_overflow'),
      retries: await metric('vendors', 'upstream_rq_retry'),
    };
  }

  test('maxRetries at once', async () => {
    const { overflows: refused, retries } = await overflows('connectionPool: { http: { maxRetries: 1 } }', 20);
    assert.ok(refused > 0, `of ${retries} retries none was one too many`);
    assert.equal(refused + retries, 20);
  });

  test('a share of the calls under way, and some in any case', async () => {
    const { overflows: refused, retries } = await overflows('retryBudget: { percent: 10, minRetryConcurrency: 1 }', 20);
    assert.ok(refused > 0, `of ${retries} retries none was one too many`);
    const generous = await overflows('retryBudget: { percent: 100, minRetryConcurrency: 100 }', 20);
    assert.deepEqual(generous, { overflows: 0, retries: 20 });
  });

  test('without a rule as many as there are calls', async () => {
    assert.deepEqual(await overflows('loadBalancer: { simple: RANDOM }', 20), { overflows: 0, retries: 20 });
  });
});
