import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { distance, isWithin, localityLbSetting, topologyOf } from './locality.js';

const problems = (setting: object) =>
  localityLbSetting
    .safeParse(setting, { reportInput: true })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('localities', () => {
  test('a place lies within all that its names begin with', () => {
    for (const locality of ['*', 'eu', 'eu/*', 'eu/one', 'eu/one/*', 'eu/one/a'])
      assert.ok(isWithin('eu/one/a', locality));
    for (const locality of ['us', 'eu/two', 'eu/one/b', 'e/*']) assert.ok(!isWithin('eu/one/a', locality));
    assert.ok(!isWithin('eu', 'eu/one/*'));
  });

  test('how far one place is from another', () => {
    assert.deepEqual(
      ['eu/one/a', 'eu/one/b', 'eu/one', 'eu/two/a', 'us/one/a', ''].map((place) => distance('eu/one/a', place)),
      [0, 1, 1, 2, 3, 3],
    );
  });

  test('a place has a label for each of its names', () => {
    assert.deepEqual(topologyOf('eu/one'), {
      'topology.kubernetes.io/region': 'eu',
      'topology.kubernetes.io/zone': 'one',
    });
  });
});

describe('localityLbSetting', () => {
  test('weights are shares of a hundred, between localities of which none is within another', () => {
    const to = (weights: Record<string, number>) => problems({ distribute: [{ from: 'eu', to: weights }] });
    assert.deepEqual(to({ 'eu/one/*': 80, 'eu/two/*': 20 }), []);
    assert.match(String(to({ 'eu/*': 80 })), /add up to 80, they must be 100/);
    assert.match(String(to({ 'eu/*': 80, 'eu/two/*': 20 })), /eu\/\* and eu\/two\/\* overlap/);
    assert.match(String(to({ '*': 80, us: 20 })), /overlap/);
    const from = ['eu/*', 'eu'].map((locality) => ({ from: locality, to: { us: 100 } }));
    assert.match(String(problems({ distribute: from })), /eu\/\* and eu overlap/);
  });

  test('failover is between regions, and goes with labels that are not of a place', () => {
    const failover = [{ from: 'eu', to: 'us' }];
    assert.deepEqual(problems({ failover, failoverPriority: ['version', 'tier=front'] }), []);
    assert.match(String(problems({ failover: [{ from: 'eu', to: 'eu' }] })), /leads to the region itself/);
    assert.match(String(problems({ failover: [{ from: 'eu/one', to: 'us' }] })), /is not a region/);
    assert.match(
      String(problems({ failover, failoverPriority: ['topology.kubernetes.io/zone'] })),
      /write only one of them/,
    );
    assert.match(String(problems({ failover, distribute: [{ from: 'eu', to: { us: 100 } }] })), /do not go together/);
  });
});
