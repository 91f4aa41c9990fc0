import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@tollgate/host-sim';
import { until, within } from '../support/wait.js';
import { example, startStage, subsets } from './stage.js';

const host = 'ratings.prod.svc.cluster.local';
const calls = 300;
/** Five standard deviations around one call in ten. */
const [least, most] = [5, 56];
const stageOf = (text: string) => ({
  policies: `${text}---\n${subsets(host, 'v1')}`,
  services: [{ name: 'ratings', namespace: 'prod', versions: ['v1', 'v2'] }],
});

/** Counts the timers of one length: each is a call that waits. */
class CountingClock extends ManualClock {
  waiting = 0;

  override after(ms: number, action: () => void): () => void {
    if (ms === 3000) this.waiting++;
    return super.after(ms, action);
  }
}

test('fault: one call in ten waits for 3 s and then goes on, in the simulator', async (context) => {
  const clock = new CountingClock('2026-11-21T10:15:00Z');
  const { call, applications } = await startStage(context, 'simulator', { ...stageOf(example('fault')), clock });
  const [v1, v2] = applications.map(({ seen }) => seen);
  let done = 0;
  const all = Array.from({ length: calls }, async () => {
    assert.equal((await call({ host })).status, 200);
    done++;
  });
  await until('each call to wait or to be answered', () => done + clock.waiting === calls);
  const waiting = clock.waiting;
  assert.ok(waiting >= least && waiting <= most, `${waiting} of ${calls} calls wait`);
  clock.advance(2999);
  assert.equal(v1?.length, calls - waiting);
  clock.advance(1);
  await within('the calls that waited', Promise.all(all));
  assert.equal(v1?.length, calls);
  assert.equal(v2?.length, 0);
});

test('fault: one call in ten waits, in Envoy, 200 ms in place of 3 s', async (context) => {
  const text = example('fault').replace('fixedDelay: 3s', 'fixedDelay: 200ms');
  const { call, applications, stat } = await startStage(context, 'envoy', stageOf(text));
  const tookMs = await Promise.all(
    Array.from({ length: calls }, async () => {
      const began = performance.now();
      assert.equal((await call({ host })).status, 200);
      return performance.now() - began;
    }),
  );
  const delayed = await stat('fault\\.delays_injected$');
  assert.ok(delayed >= least && delayed <= most, `${delayed} of ${calls} calls were delayed`);
  assert.ok(tookMs.filter((ms) => ms >= 200).length >= delayed, 'a call that was delayed took no longer');
  assert.equal(applications[0]?.seen.length, calls);
});
