import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LocalityLbSetting, NodeSpec, Resource } from '@tollgate/model';
import type { ClusterContext } from '../feature.js';
import { localitiesOf } from './locality.js';

const outlierDetection = {} as NonNullable<ClusterContext['policy']>['outlierDetection'];
const at = (...zones: string[]) => zones.map((zone) => ({ zone }));

interface Setting {
  from?: string;
  setting?: LocalityLbSetting;
  ejecting?: boolean;
  callerLabels?: Record<string, string>;
}

/** The localities of these places as a caller sees them, by priority, or with their weights. */
function seen(
  places: { zone?: string; weight?: number; labels?: Record<string, string> }[],
  { from, setting, ejecting = true, callerLabels = {} }: Setting,
) {
  const localities = localitiesOf(places, {
    callee: { instances: [] },
    port: { name: 'http', number: 80, protocol: 'HTTP' },
    policy: {
      ...(setting ? { loadBalancer: { localityLbSetting: setting } } : {}),
      ...(ejecting ? { outlierDetection } : {}),
    },
    callers: [{ labels: callerLabels } as Resource<'Service'>],
    node: { zone: from } as NodeSpec,
  });
  return localities.map(({ zone, priority, weight }) => `${zone}: ${priority ?? `weight ${weight ?? 'none'}`}`);
}

const everywhere = at('us/one/a', 'eu/two/a', 'eu/one/b', 'eu/one/a');

describe('failover', () => {
  test('the nearest first, then the same zone, the same region, others; without gaps', () => {
    assert.deepEqual(seen(everywhere, { from: 'eu/one/a' }), [
      'us/one/a: 3',
      'eu/two/a: 2',
      'eu/one/b: 1',
      'eu/one/a: 0',
    ]);
    assert.deepEqual(seen(everywhere, { from: 'us' }), ['us/one/a: 0', 'eu/two/a: 1', 'eu/one/b: 1', 'eu/one/a: 1']);
  });

  test('needs outlierDetection, a zone of the caller, and that nobody turned it off', () => {
    const all = everywhere.map(({ zone }) => `${zone}: weight none`);
    assert.deepEqual(seen(everywhere, { from: 'eu/one/a', ejecting: false }), all);
    assert.deepEqual(seen(everywhere, { from: 'eu/one/a', setting: { enabled: false } }), all);
    assert.deepEqual(
      seen(everywhere, {}),
      everywhere.map(({ zone }) => `${zone}: 0`),
    );
  });

  test('to a region of choice before others', () => {
    const setting = { failover: [{ from: 'eu', to: 'asia' }] };
    assert.deepEqual(seen(at('us', 'asia', 'eu'), { from: 'eu', setting }), ['us: 2', 'asia: 1', 'eu: 0']);
    assert.deepEqual(seen(at('us', 'asia', 'eu'), { from: 'us', setting }), ['us: 0', 'asia: 1', 'eu: 1']);
  });

  test('by labels: the more in a row are the caller’s, the sooner', () => {
    const setting = { failoverPriority: ['version', 'topology.kubernetes.io/region'] };
    const places = ['v1', 'v2'].flatMap((version) =>
      at('eu', 'us').map((place) => ({ ...place, labels: { version } })),
    );
    assert.deepEqual(seen(places, { from: 'eu', setting, callerLabels: { version: 'v2' } }), [
      'eu: 2',
      'eu: 0',
      'us: 2',
      'us: 1',
    ]);
  });

  test('by labels with a value, whatever the caller has, and then by region', () => {
    const setting = { failoverPriority: ['version=v1'], failover: [{ from: 'eu', to: 'us' }] };
    const places = ['v1', 'v2'].flatMap((version) =>
      at('eu', 'us').map((place) => ({ ...place, labels: { version } })),
    );
    assert.deepEqual(seen(places, { from: 'eu', setting }), ['eu: 0', 'eu: 2', 'us: 1', 'us: 3']);
  });
});

describe('distribute', () => {
  const distribute: LocalityLbSetting['distribute'] = [
    { from: 'eu/one/*', to: { 'eu/one/*': 80, 'us/*': 20 } },
    { from: 'us/*', to: { '*': 100 } },
  ];

  test('each locality its share, divided by the weights within; others get nothing', () => {
    const places = [{ zone: 'eu/one/a', weight: 3 }, { zone: 'eu/one/b', weight: 1 }, ...at('us/one', 'eu/two')];
    assert.deepEqual(seen(places, { from: 'eu/one/a', setting: { distribute } }), [
      'eu/one/a: weight 60',
      'eu/one/b: weight 20',
      'us/one: weight 20',
    ]);
  });

  test('callers of other places reach all, by their weights', () => {
    const places = [{ zone: 'eu', weight: 3 }, ...at('us', 'us')];
    assert.deepEqual(seen(places, { from: 'asia', setting: { distribute } }), ['eu: weight 3', 'us: weight 2']);
  });
});
