// What a filter's author sees of a trap: the functions that the filter was in, and in a build for debugging the line too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { compileFilter } from '../../tools/build-filters.mjs';

const filter = `
import { Action, HttpFilter, requestHeaders } from 'proxy-wasm';

function lengthOf(name: string): i32 {
  assert(name != 'x-tenant', 'no tenant has a length');
  return name.length;
}

@filter class Lengths extends HttpFilter {
  onRequestHeaders(): Action {
    return lengthOf('x-tenant') + lengthOf('x-user') == 0 ? Action.PAUSE : Action.CONTINUE;
  }
}`;

async function trapOf(...options: string[]): Promise<string[]> {
  const config = { options: { runtime: 'stub', exportStart: '_initialize', transform: ['proxy-wasm/transform'] } };
  const texts = { 'lengths.ts': filter, 'asconfig.json': JSON.stringify(config) };
  const wasm = await compileFilter('lengths.ts', ['--outFile', 'lengths.wasm', ...options], texts);
  const sim = await Host.load(Uint8Array.from(wasm));
  const { status, log } = await sim.request();
  assert.equal(status, 503);
  return log.map(({ message }) => message);
}

const sdkAbort = 'abort=~lib/proxy-wasm/assembly/lifecycle/abort/abort';

test('a build for debugging says the message, the line and the functions', async () => {
  const [said, trap] = await trapOf('-O0', '--debug', '--use', sdkAbort);
  assert.equal(said, 'abort: no tenant has a length in lengths.ts:5:3');
  assert.equal(
    trap,
    [
      'Function: proxy_on_request_headers failed: Uncaught RuntimeError: unreachable',
      'Proxy-Wasm plugin in-VM backtrace:',
      '  0: ~lib/proxy-wasm/assembly/lifecycle/abort/abort',
      '  1: lengths/lengthOf',
      '  2: lengths/Lengths#onRequestHeaders',
      '  3: lengths/proxy_on_request_headers',
    ].join('\n'),
  );
});

test('a small build names the callback that it trapped in', async () => {
  const [trap = ''] = await trapOf('-O3', '--use', 'abort=');
  assert.equal(trap, 'Function: proxy_on_request_headers failed: Uncaught RuntimeError: unreachable');
});
