import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from './clock.js';
import { type Serving, Supervisor } from './supervisor.js';

/** Time stands still but for `pass`, and for waits, each of which is over at once. */
class FakeClock implements Clock {
  readonly waits: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number, _signal: AbortSignal): Promise<void> {
    this.waits.push(ms);
    this.pass(ms);
  }
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

/** One after the other, as it is told: how long each one serves before it ends, or that it does not start. The last one stays. */
async function supervise(...lives: (number | 'fails')[]) {
  const clock = new FakeClock();
  const said: string[] = [];
  const asked = new AbortController();
  let starts = 0;
  let lastServes: () => void = () => {};
  const last = new Promise<void>((resolve) => {
    lastServes = resolve;
  });
  const supervisor = await Supervisor.start(
    {
      async start(signal): Promise<Serving> {
        const life = lives[starts++];
        if (life === 'fails') throw new Error('no port');
        if (life !== undefined) {
          return {
            // It lives from when somebody waits for its end.
            get ended() {
              clock.pass(life);
              return Promise.resolve('it crashed');
            },
          };
        }
        lastServes();
        return { ended: untilAborted(signal).then(() => 'it was asked to') };
      },
      failed: (why, retryMs) => said.push(`${why}, ${retryMs}`),
      servesAgain: () => said.push('serves'),
    },
    clock,
    asked.signal,
  );
  return { clock, said, asked, supervisor, last, starts: () => starts };
}

test('what ends is started again, with one line for the end and one for the new start', async () => {
  const { said, supervisor, last } = await supervise(10);
  await last;
  await supervisor.stop();
  assert.deepEqual(said, ['it crashed, 250', 'serves']);
});

test('each wait is twice the one before, up to half a minute', async () => {
  const { clock, supervisor, last } = await supervise(...new Array(10).fill(59_999));
  await last;
  assert.deepEqual(clock.waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  await supervisor.stop();
});

test('once it ran well, the waits begin anew', async () => {
  const { clock, supervisor, last } = await supervise(0, 0, 60_000, 0);
  await last;
  assert.deepEqual(clock.waits, [250, 500, 250, 500]);
  await supervisor.stop();
});

test('what does not start is tried again; that is no good run, however long it takes', async () => {
  const { clock, said, supervisor, last } = await supervise(0, 'fails', 'fails', 'fails', 0);
  await last;
  assert.deepEqual(clock.waits, [250, 500, 1_000, 2_000, 4_000]);
  assert.deepEqual(said.slice(0, 3), ['it crashed, 250', 'no port, 500', 'no port, 1000']);
  await supervisor.stop();
});

test('that the first start fails is the caller’s', async () => {
  await assert.rejects(supervise('fails'), { message: 'no port' });
});

test('asked to stop while it serves: its end is no fault, and nothing is started', async () => {
  for (const ask of ['stop', 'abort'] as const) {
    const { said, asked, supervisor, starts } = await supervise();
    if (ask === 'abort') asked.abort();
    await supervisor.stop();
    await supervisor.stop();
    assert.deepEqual([said, starts()], [[], 1]);
  }
});

/** What crashed once: how it waits then, and how it starts again. */
async function crashed({ sleep, again }: { sleep?: Clock['sleep']; again?: (signal: AbortSignal) => Promise<never> }) {
  const said: string[] = [];
  let starts = 0;
  const supervisor = await Supervisor.start(
    {
      async start(signal) {
        if (starts++ === 0) return { ended: Promise.resolve('it crashed') };
        return again?.(signal) ?? assert.fail('started again');
      },
      failed: (why) => said.push(why),
      servesAgain: () => said.push('serves'),
    },
    Object.assign(new FakeClock(), sleep && { sleep }),
    new AbortController().signal,
  );
  return { said, supervisor };
}

test('asked to stop while it waits: the wait is over, and nothing is started', async () => {
  let waiting: () => void = () => {};
  const waits = new Promise<void>((resolve) => {
    waiting = resolve;
  });
  const { said, supervisor } = await crashed({
    sleep(_, signal) {
      waiting();
      return untilAborted(signal);
    },
  });
  await waits;
  await supervisor.stop();
  assert.deepEqual(said, ['it crashed']);
});

test('asked to stop while it starts again: that it does not come to serve is no fault', async () => {
  let starting: () => void = () => {};
  const startsAgain = new Promise<void>((resolve) => {
    starting = resolve;
  });
  const { said, supervisor } = await crashed({
    async again(signal) {
      starting();
      await untilAborted(signal);
      throw new Error('stopped');
    },
  });
  await startsAgain;
  await supervisor.stop();
  assert.deepEqual(said, ['it crashed']);
});
