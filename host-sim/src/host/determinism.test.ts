import assert from 'node:assert/strict';
import test from 'node:test';
import { ManualClock } from '../process/clock.js';
import { compileMinimal, compileStreamProbe } from '../testing/compile.js';
import { Host, type HostOptions } from './host.js';

/** Counts its requests and shows random bytes in its log. */
const COUNTER = compileMinimal(`
@external("env", "proxy_log") declare function log(level: u32, at: usize, size: usize): u32;
@external("wasi_snapshot_preview1", "random_get") declare function random(at: usize, size: usize): u32;
const bytes = memory.data(8);
let count: u8 = 0;
export function proxy_on_request_headers(id: u32, n: u32, end: u32): i32 {
  random(bytes, 4); store<u8>(bytes + 4, ++count); log(2, bytes, 5); return 0 }`);

async function run(options: HostOptions): Promise<string> {
  const sim = await Host.load(await COUNTER, { workers: 3, trace: true, ...options });
  const pieces: number[] = [];
  for (let count = 0; count < 20; count++) {
    const response = await sim.request({ worker: 'any', body: 'x'.repeat(50), cut: true });
    pieces.push(response.trace.length);
  }
  return JSON.stringify([sim.conversation, sim.logs, pieces]);
}

test('a seed gives the same run byte for byte, another seed another one', async () => {
  const first = await run({ seed: 7 });
  assert.equal(await run({ seed: 7 }), first);
  assert.notEqual(await run({ seed: 8 }), first);
});

test('two hours cost the ticks that fall due and nothing else', async () => {
  const sim = await Host.load(await compileStreamProbe(), { config: 'tick 600000|on tick|log 2 T' });
  sim.advance('2h');
  // Twelve on the main thread, twelve on the worker.
  assert.equal(sim.logs.filter(({ message }) => message.startsWith('P tick 1')).length, 24);
  let fired = 0;
  const clock = new ManualClock();
  clock.after(3_600_000, () => fired++);
  clock.advance('1000d');
  assert.equal(fired, 1);
});

test('a worker that restarts has lost its state, the other has not', async () => {
  const sim = await Host.load(await COUNTER, { workers: 2 });
  const count = async (worker: number) => (await sim.request({ worker })).log.at(-1)?.message.charCodeAt(4);
  assert.deepEqual([await count(0), await count(0), await count(1)], [1, 2, 1]);
  sim.restartWorker(0);
  assert.deepEqual([await count(0), await count(1)], [1, 2]);
});

test('a queue that is full says so', async () => {
  const sim = await Host.load(await compileStreamProbe());
  sim.faults.queuesFull = true;
  const { log } = await sim.request({ headers: { 'x-do-req': 'qreg jobs|enq 1 x' } });
  assert.ok(log.some(({ message }) => message === 'P req enq 1 x -> 10 '));
});

test('a trapped VM comes back between once and one and a half times the base interval', async () => {
  const waits = new Set<number>();
  for (let seed = 1; seed < 8; seed++) {
    const sim = await Host.load(await compileStreamProbe(), { seed, failurePolicy: 'FAIL_RELOAD' });
    sim.advance('10s');
    await sim.request({ headers: { 'x-do-req': 'trap' } });
    assert.equal((await sim.request()).status, 200);
    await sim.request({ headers: { 'x-do-req': 'trap' } });
    let waited = 0;
    for (; (await sim.request()).status === 503; waited += 10) sim.advance(10);
    assert.ok(waited >= 1000 && waited <= 1500, `${waited}`);
    waits.add(waited);
  }
  assert.ok(waits.size > 1);
});
