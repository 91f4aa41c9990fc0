import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host } from '../host/host.js';
import { compileMinimal } from '../testing/compile.js';

const LOG = '@external("env", "proxy_log") declare function log(level: u32, text: usize, size: u32): u32;';
const GET = '@external("env", "proxy_get_current_time_nanoseconds") declare function now(at: usize): u32;';
const callback = (body: string) =>
  `export function proxy_on_request_headers(id: u32, n: u32, end: u32): i32 { ${body} return 0 }`;
const flags = ['--use', 'abort=module/abort', '--exportStart', '_initialize', '-O0'];
/** Called in two places, so that it stays a function. */
const inner = `function inner(value: u32): u32 { if (value == 7) unreachable(); return value; }`;
const trapping = `${inner}\n${callback('inner(n + 1); inner(7);')}`;

test('a trap names the functions that the filter was in, in Envoy’s words', async () => {
  const sim = await Host.load(await compileMinimal(trapping, [...flags, '--debug']));
  const { log } = await sim.request();
  assert.match(
    log.at(-1)?.message ?? '',
    /^Function: proxy_on_request_headers failed: Uncaught RuntimeError: unreachable\nProxy-Wasm plugin in-VM backtrace:\n {2}0: \S*inner\n {2}1: \S*proxy_on_request_headers$/,
  );
});

test('a build without names names the callback, as in Envoy', async () => {
  const sim = await Host.load(await compileMinimal(trapping, flags));
  const { log } = await sim.request();
  assert.equal(log.at(-1)?.message, 'Function: proxy_on_request_headers failed: Uncaught RuntimeError: unreachable');
});

test('a loop of host calls ends, and the conversation says what it repeated', async () => {
  const source = `${GET}${LOG}const at = memory.data(8); ${callback('while (true) { now(at); log(2, at, 1); }')}`;
  const sim = await Host.load(await compileMinimal(source));
  await assert.rejects(sim.request(), (error: Error & { details?: string[] }) => {
    assert.match(error.message, /\[budget_spent\] proxy_on_request_headers went on for 250000 host calls/);
    assert.ok((error.details?.length ?? 0) < 20, `${error.details?.length} lines`);
    assert.match(error.details?.join('\n') ?? '', /… these 2 lines 4,\d\d\d times more/);
    return true;
  });
});

test('every callback has all of the host calls', async () => {
  const source = `${GET}const at = memory.data(8); ${callback('for (let i = 0; i < 100000; i++) now(at);')}`;
  const sim = await Host.load(await compileMinimal(source));
  for (let count = 0; count < 4; count++) assert.equal((await sim.request()).status, 200);
});
