import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { example, places, startStage } from './stage.js';

const host = 'reviews.prod.svc.cluster.local';
const vip: [string, string][] = [['end-user', 'vip']];

describe('reviews: VIP users get v2, and calls of the others are tried again', { concurrency: 2 }, () => {
  for (const place of places) {
    const start = (context: Parameters<typeof startStage>[0]) =>
      startStage(context, place, {
        policies: example('reviews'),
        services: [{ name: 'reviews', namespace: 'prod', versions: ['v1', 'v1', 'v2'] }],
      });

    test(`by the header end-user, in the ${place}`, async (context) => {
      const { call, applications } = await start(context);
      const [first, second, third] = applications.map(({ seen }) => seen);
      for (let count = 0; count < 10; count++) assert.equal((await call({ host, headers: vip })).status, 200);
      assert.deepEqual([first?.length, second?.length, third?.length], [0, 0, 10]);
      for (const headers of [[], [['end-user', 'VIP']], [['end-user', 'vip2']]] as [string, string][][])
        assert.equal((await call({ host, headers })).status, 200);
      assert.equal(third?.length, 10);
    });

    test(`on another instance where one takes no connections, in the ${place}`, async (context) => {
      const { call, applications } = await start(context);
      const [first, second, third] = applications;
      await first?.close();
      for (let count = 0; count < 10; count++) assert.equal((await call({ host })).status, 200);
      assert.deepEqual([first?.seen.length, second?.seen.length, third?.seen.length], [0, 10, 0]);
    });

    test(`three times at most, on the other one too, in the ${place}`, async (context) => {
      const { call, applications } = await start(context);
      const count = () => applications.map(({ seen }) => seen.length);
      // Unavailable, which is among what Istio tries again where the route does not say what.
      await call({ host, path: '/grpc-status/14' });
      const [first = 0, second = 0, third = 0] = count();
      assert.equal(first + second, 4);
      assert.ok(first > 0 && second > 0, `${first} and ${second} attempts`);
      assert.equal(third, 0);
    });

    test(`no call that was answered 503, and none of VIP users, in the ${place}`, async (context) => {
      const { call, applications } = await start(context);
      const [first, second, third] = applications.map(({ seen }) => seen);
      assert.equal((await call({ host, path: '/status/503' })).status, 503);
      assert.equal((first?.length ?? 0) + (second?.length ?? 0), 1);
      await call({ host, path: '/grpc-status/14', headers: vip });
      assert.equal(third?.length, 1);
    });
  }
});
