import assert from 'node:assert/strict';
import test from 'node:test';
import { Host } from '../host/host.js';
import { compileMinimal } from '../testing/compile.js';

const LOOP = 'export function proxy_on_request_headers(id: u32, n: u32, end: u32): i32 { while (true) {} return 0 }';

test('a filter that loops for ever is stopped, and the callback is named', async () => {
  const sim = await Host.load(await compileMinimal(LOOP), { stepsMax: 10_000 });
  await assert.rejects(sim.request(), /\[budget_spent\] proxy_on_request_headers went on for 10000 steps/);
});

test('a loop in the initialisation and in the start of a plugin too', async () => {
  const start = 'export function proxy_on_vm_start(id: u32, n: u32): u32 { while (true) {} return 1 }';
  await assert.rejects(
    Host.load(await compileMinimal(start), { stepsMax: 10_000 }),
    /\[budget_spent\] proxy_on_vm_start/,
  );
  await assert.rejects(
    Host.load(await compileMinimal('while (true) {}'), { stepsMax: 10_000 }),
    /\[budget_spent\] the initialisation/,
  );
});

test('every callback has the whole budget', async () => {
  const some = `let sum: i32 = 0;
export function proxy_on_request_headers(id: u32, n: u32, end: u32): i32 { for (let i = 0; i < 900; i++) sum += i; return sum & 0 }`;
  const sim = await Host.load(await compileMinimal(some), { stepsMax: 1000 });
  for (let count = 0; count < 5; count++) assert.equal((await sim.request()).status, 200);
});

test('the steps of all callbacks are counted', async () => {
  const some = `let sum: i32 = 0;
export function proxy_on_request_headers(id: u32, n: u32, end: u32): i32 { for (let i = 0; i < 900; i++) sum += i; return sum & 0 }`;
  const sim = await Host.load(await compileMinimal(some), { stepsMax: 1000 });
  assert.equal(sim.stepsTaken, 0);
  for (let count = 1; count <= 3; count++) {
    await sim.request();
    assert.ok(sim.stepsTaken >= count * 900 && sim.stepsTaken < count * 910, `${sim.stepsTaken}`);
  }
  const uncounted = await Host.load(await compileMinimal(some), { stepsMax: 0 });
  await uncounted.request();
  assert.equal(uncounted.stepsTaken, 0);
});

test('memory ends at 1 GiB', async () => {
  const grow = `export function proxy_on_request_headers(id: u32, n: u32, end: u32): i32 {
  return memory.grow(16384) == -1 ? 0 : 1 }`;
  assert.equal((await (await Host.load(await compileMinimal(grow))).request()).status, 200);
});

test('a 64-bit memory is refused by its name', async () => {
  // (module (memory i64 1))
  const wide = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 4, 1]);
  await assert.rejects(Host.load(wide), /\[module_refused\] the module has a 64-bit memory/);
});
