// Which of several places calls go to, in Envoy.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type Application, startApplication } from '../support/application.js';
import { destinationRule, startCallerOf } from '../support/caller.js';
import { document } from '../support/documents.js';

/** One instance in each of these zones, called from `eu/one/a`. */
async function places(rule: string, ...zones: string[]) {
  const applications: Application[] = [];
  for (const zone of zones) {
    const application = await startApplication();
    after(() => application.close());
    application.answerWith({ status: 200, headers: [], body: zone });
    applications.push(application);
  }
  const instances = applications.map(
    ({ port }, index) => `{ address: 127.0.0.1, port: ${port}, zone: ${zones[index]} }`,
  );
  const service = document('Service', 'vendors', `{ instances: [${instances.join(', ')}] }`);
  const caller = await startCallerOf([service, destinationRule('vendors', rule)], { zone: 'eu/one/a' });
  const answers = async (count: number) => {
    const counts = new Map<string, number>();
    for (let call = 0; call < count; call++) {
      const { status, text } = await caller.call('vendors');
      const who = status === 200 ? text : String(status);
      counts.set(who, (counts.get(who) ?? 0) + 1);
    }
    return counts;
  };
  return { caller, applications, answers };
}

const ejecting =
  'outlierDetection: { consecutive5xxErrors: 1, interval: 50ms, baseEjectionTime: 5s, maxEjectionPercent: 100 }';
const active = 'outlier_detection.ejections_active';

describe('localities', () => {
  test('the nearest gets all calls, when it is ejected the next, and all again when it is back', async () => {
    const { caller, applications, answers } = await places(
      `trafficPolicy: { ${ejecting} }`,
      'us/one/a',
      'eu/two/a',
      'eu/one/a',
    );
    assert.deepEqual([...(await answers(10))], [['eu/one/a', 10]]);
    applications[2]?.answerWith({ status: 500, headers: [], body: '' });
    assert.deepEqual([...(await answers(1))], [['500', 1]]);
    await caller.becomes('vendors', active, 1);
    assert.deepEqual([...(await answers(10))], [['eu/two/a', 10]]);
    applications[2]?.answerWith({ status: 200, headers: [], body: 'back' });
    await caller.becomes('vendors', active, 0);
    assert.deepEqual([...(await answers(10))], [['back', 10]]);
  });

  test('the region of choice comes before others', async () => {
    const setting = 'loadBalancer: { localityLbSetting: { failover: [{ from: eu, to: us }] } }';
    const { answers } = await places(`trafficPolicy: { ${setting}, ${ejecting} }`, 'asia/one', 'us/one');
    assert.deepEqual([...(await answers(10))], [['us/one', 10]]);
  });

  test('without outlierDetection, or turned off, all are as near', async () => {
    const off = 'loadBalancer: { simple: ROUND_ROBIN, localityLbSetting: { enabled: false } }';
    for (const rule of [
      `trafficPolicy: { ${off}, ${ejecting} }`,
      'trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } }',
    ]) {
      const { answers } = await places(rule, 'us/one/a', 'eu/one/a');
      assert.deepEqual((await answers(10)).size, 2);
    }
  });

  test('each locality gets its share, and those that are not named get nothing', async () => {
    const distribute = 'distribute: [{ from: "eu/*", to: { "eu/*": 80, "us/*": 20 } }]';
    const rule = `trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN, localityLbSetting: { ${distribute} } } }`;
    const { answers } = await places(rule, 'us/one/a', 'eu/one/a', 'eu/two/a', 'asia/one');
    const counts = await answers(100);
    // Where in its turns Envoy begins is chance.
    for (const [zone, share] of Object.entries({ 'eu/one/a': 40, 'eu/two/a': 40, 'us/one/a': 20 }))
      assert.ok(Math.abs((counts.get(zone) ?? 0) - share) <= 5, `${zone}: ${counts.get(zone)} of 100`);
    assert.equal(counts.get('asia/one'), undefined);
  });
});
