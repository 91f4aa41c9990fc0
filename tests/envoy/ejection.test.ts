// Instances that answer wrongly are left out for a while, and come back: Envoy on what the compiler makes of DestinationRules.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type Application, startApplication } from '../support/application.js';
import { type Caller, startCaller } from '../support/caller.js';
import { freePorts } from '../support/ports.js';

/** How long somebody who waits for a sweep waits, and somebody for an ejected instance. */
const soon = 'interval: 50ms, baseEjectionTime: 5s, maxEjectionPercent: 50';
const ejection = (fields: string) =>
  `trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN }, outlierDetection: { ${soon}, ${fields} } }`;
const active = 'outlier_detection.ejections_active';

async function applications(count: number): Promise<Application[]> {
  const all = await Promise.all(Array.from({ length: count }, () => startApplication()));
  after(() => Promise.all(all.map((each) => each.close())));
  return all;
}

const answering = (status: number) => ({ status, headers: [], body: '' });

/** Two instances, of which the first answers with this status, called so often. */
async function called(fields: string, status: number, times: number) {
  const [wrong, right] = (await applications(2)) as [Application, Application];
  wrong.answerWith(answering(status));
  const caller = await startCaller({ name: 'vendors', ports: [wrong.port, right.port], rule: ejection(fields) });
  const statuses: number[] = [];
  for (let call = 0; call < times; call++) statuses.push((await caller.call('vendors')).status);
  return { caller, wrong, right, statuses };
}

const ejected = (caller: Caller) => caller.metric('vendors', active);

describe('outlier detection', () => {
  test('after so many 5xx in a row an instance gets no calls, and then it does again', async () => {
    const { caller, wrong, statuses } = await called('consecutive5xxErrors: 3', 500, 4);
    assert.equal(statuses.filter((status) => status === 500).length, 2);
    assert.equal(await ejected(caller), 0);
    for (let call = 0; call < 2; call++) await caller.call('vendors');
    await caller.becomes('vendors', active, 1);
    assert.equal(wrong.seen.length, 3);
    for (let call = 0; call < 6; call++) assert.equal((await caller.call('vendors')).status, 200);
    assert.equal(wrong.seen.length, 3);
    assert.equal(await ejected(caller), 1);
    wrong.answerWith(answering(200));
    await caller.becomes('vendors', active, 0);
    for (let call = 0; call < 4; call++) await caller.call('vendors');
    assert.equal(wrong.seen.length, 5);
  });

  test('without a number 5 in a row are needed', async () => {
    const { caller, wrong } = await called('', 500, 8);
    assert.equal(wrong.seen.length, 4);
    assert.equal(await ejected(caller), 0);
    for (let call = 0; call < 2; call++) await caller.call('vendors');
    await caller.becomes('vendors', active, 1);
  });

  test('gateway errors are counted apart: 500 is none', async () => {
    const { caller, wrong } = await called('consecutive5xxErrors: 0, consecutiveGatewayErrors: 2', 500, 20);
    assert.equal(wrong.seen.length, 10);
    wrong.answerWith(answering(503));
    for (let call = 0; call < 4; call++) await caller.call('vendors');
    await caller.becomes('vendors', active, 1);
    assert.equal(wrong.seen.length, 12);
  });

  test('the statuses that count can be chosen', async () => {
    const { caller } = await called('consecutive5xxErrors: 2, outlierDetectionHttpErrorCodes: [429]', 503, 8);
    assert.equal(await ejected(caller), 0);
    const other = await called('consecutive5xxErrors: 2, outlierDetectionHttpErrorCodes: [429]', 429, 4);
    await other.caller.becomes('vendors', active, 1);
  });

  test('never more than their share are ejected', async () => {
    const [one, other] = (await applications(2)) as [Application, Application];
    for (const each of [one, other]) each.answerWith(answering(500));
    const caller = await startCaller({
      name: 'vendors',
      ports: [one.port, other.port],
      rule: ejection('consecutive5xxErrors: 1'),
    });
    for (let call = 0; call < 6; call++) assert.equal((await caller.call('vendors')).status, 500);
    assert.equal(await ejected(caller), 1);
  });

  test('connections that do not come about are counted apart', async () => {
    const [application] = (await applications(1)) as [Application];
    const [nobody = 0] = await freePorts(1);
    const split = 'splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2';
    const caller = await startCaller({
      name: 'vendors',
      ports: [application.port, nobody],
      rule: ejection(`consecutive5xxErrors: 1, ${split}`),
    });
    for (let call = 0; call < 4; call++) await caller.call('vendors');
    await caller.becomes('vendors', active, 1);
    assert.equal(
      await caller.metric('vendors', 'outlier_detection.ejections_enforced_consecutive_local_origin_failure'),
      1,
    );
  });
});
