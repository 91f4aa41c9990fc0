import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host } from '../host/host.js';
import { compileMinimal } from '../testing/compile.js';

const ticking = (periodMs: number) => `
@external("env", "proxy_set_tick_period_milliseconds") declare function period(ms: u32): u32;
@external("env", "proxy_define_metric") declare function define(type: u32, name: usize, size: i32, id: usize): u32;
@external("env", "proxy_increment_metric") declare function increment(id: u32, by: i64): u32;
const NAME = memory.data<u8>([0x74]);
const ID = memory.data(4, 4);
export function proxy_on_configure(root: u32, size: u32): u32 { define(0, NAME, 1, ID); return u32(!period(${periodMs})) }
export function proxy_on_tick(root: u32): void { increment(load<u32>(ID), 1) }
`;

test('ticks come in their period while time goes on, in the main VM and in every worker', async () => {
  const sim = await Host.load(await compileMinimal(ticking(100)), { workers: 2 });
  assert.equal(sim.metric('t'), 0);
  sim.advance(99);
  assert.equal(sim.metric('t'), 0);
  sim.advance(1);
  assert.equal(sim.metric('t'), 3);
  sim.advance('1s');
  assert.equal(sim.metric('t'), 33);
  sim.stepWall('1h');
  assert.equal(sim.metric('t'), 33);
});

test('a period of 0 has no ticks', async () => {
  const sim = await Host.load(await compileMinimal(ticking(0)));
  sim.advance('1m');
  assert.equal(sim.metric('t'), 0);
});
