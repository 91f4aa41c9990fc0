import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { fetchText } from '../../../tests/support/fetch-text.js';
import { serve } from '../../../tests/support/serve.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('header-routing');
});

const cases: [headers: Record<string, string>, version: string][] = [
  [{ 'x-tenant': 'acme' }, 'new'],
  [{ 'x-tenant': 'Acme' }, 'old'],
  [{ 'x-tenant': '' }, 'old'],
  [{}, 'old'],
  [{ 'x-version': 'new' }, 'old'],
  [{ 'x-version': 'old', 'x-tenant': 'acme' }, 'new'],
];

// The gateway of the simulator has no routes by headers: what is looked at is the header by which Envoy chooses.
test('simulator: the tenant decides on the version', async () => {
  const sim = await Host.load(wasm, { config: { tenants: ['acme'] } });
  for (const [headers, version] of cases) {
    const { upstream } = await sim.request({ headers });
    assert.equal(upstream?.header('x-version'), version);
  }
});

test('Envoy: the route goes by the header that the filter sets', async (context) => {
  const old = await serve(context, (_, response) => response.end('old'));
  const other = await serve(context, (_, response) => response.end('new'));
  const { port } = await startExample(context, 'envoy', 'header-routing', wasm, [old, other]);
  for (const [headers, version] of cases)
    assert.equal((await fetchText(`http://127.0.0.1:${port}/`, { headers })).text, version);
});

test('a configuration with mistakes is refused by their place', async () => {
  await assert.rejects(Host.load(wasm, { config: { tenants: ['a', 1] } }), /\$\.tenants\[1\]: must be a string/);
  await assert.rejects(Host.load(wasm, { config: { tenants: [], tenant: 'a' } }), /\$\.tenant: is an unknown field/);
});
