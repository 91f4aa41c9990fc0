import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { compileFilter } from '../../tools/build-filters.mjs';

/** The configuration says in ms when to run what; a path stops the timer that it names. */
const source = `
import {
  Action,
  Decoder,
  HttpFilter,
  Level,
  Root,
  Value,
  Writer,
  log,
  make,
  request,
  requestHeaders,
  runTimers,
  startPeriodicTimer,
  startTimer,
  stopTimer,
} from 'proxy-wasm';

@unmanaged class Settings { once: u32; every: u32; }
let first: u32 = 0, periodic: u32 = 0, root: u32 = 0;

@filter
class Timers extends HttpFilter<Settings> {
  static configure(decoder: Decoder, value: Value | null): Settings {
    decoder.end(decoder.object(value));
    return make<Settings>(decoder.arena);
  }
  static onTick(context: Root<Settings>): void { runTimers(context.id); }
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const path = requestHeaders.first(':path')!;
    root = this.plugin!.id;
    if (path.equals('/start')) {
      first = startTimer(root, 250, say, 1);
      periodic = startPeriodicTimer(root, 100, say, 2);
    }
    if (path.equals('/stop')) log(Level.INFO, stopTimer(periodic) ? 'stopped' : 'was not running');
    if (path.equals('/chain')) startTimer(root, 10, again, 3);
    if (path.equals('/full')) {
      let started: u64 = 0;
      while (startTimer(root, 50, quiet)) started++;
      say(started);
    }
    return Action.CONTINUE;
  }
}
function say(data: u64): void { log(Level.INFO, Writer.in(request).text('timer ').decimal(data).done()); }
function quiet(data: u64): void {}
function again(data: u64): void { say(data); if (data) startTimer(root, 0, again, data - 1); }
`;

let wasm: Uint8Array;
before(async () => {
  wasm = await compileFilter('tests/sdk/timers.ts', ['--outFile', 'timers.wasm'], source);
});

test('timers run once and periodically, at their own times, until they are stopped', async () => {
  const sim = await Host.load(wasm);
  const after = (duration: number) => {
    const from = sim.logs.length;
    sim.advance(duration);
    return sim.logs.slice(from).map(({ message }) => message);
  };
  await sim.request({ path: '/start' });
  assert.deepEqual(after(99), []);
  assert.deepEqual(after(1), ['timer 2']);
  assert.deepEqual(after(149), ['timer 2']);
  assert.deepEqual(after(1), ['timer 1'], 'at 250');
  assert.deepEqual(after(50), ['timer 2'], 'at 300, not at 350');
  assert.deepEqual(after(200), ['timer 2', 'timer 2']);
  assert.equal((await sim.request({ path: '/stop' })).log[0]?.message, 'stopped');
  assert.deepEqual(after(1000), []);
  assert.equal((await sim.request({ path: '/stop' })).log[0]?.message, 'was not running');
});

test('a handler may start timers; the wall clock moves none', async () => {
  const sim = await Host.load(wasm);
  await sim.request({ path: '/chain' });
  sim.stepWall(3_600_000);
  assert.deepEqual(sim.logs, []);
  sim.advance(10);
  sim.advance(10);
  assert.deepEqual(
    sim.logs.map(({ message }) => message),
    ['timer 3', 'timer 2', 'timer 1', 'timer 0'],
  );
});

test('the 65th timer is refused, and there is room again when they have run', async () => {
  const sim = await Host.load(wasm);
  for (let times = 0; times < 3; times++) {
    assert.equal((await sim.request({ path: '/full' })).log[0]?.message, 'timer 64');
    sim.advance(51);
  }
});
