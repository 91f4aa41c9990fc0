/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { fetchText } from '../../../tests/support/fetch-text.js';
import { serve } from '../../../tests/support/serve.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('strings', '--config', 'examples/filters/strings/asconfig.json');
});

for (const host of ['simulator', 'envoy'] as const) {
  test(`${host}: strings, arrays and a map`, async (context) => {
    const application = await serve(context, ({ headers }, response) => response.end(String(headers['x-summary'])));
    const { port } = await startExample(context, host, 'strings', wasm, [application]);
    const ask = async (path: string, tenant?: string) =>
      (await fetchText(`http://127.0.0.1:${port}${path}`, { headers: tenant ? { 'x-tenant': tenant } : {} })).text;
    assert.equal(await ask('/a/long/way', ' Acme '), 'acme 1: long way a');
    assert.equal(await ask('/', 'acme'), 'acme 2:');
    assert.equal(await ask('/x'), 'nobody 1: x');
  });
}

test('memory stays flat over many requests, and strangers do not fill it', async (context) => {
  const memories: WebAssembly.Memory[] = [];
  const { Instance } = WebAssembly;
  context.after(() => Object.assign(WebAssembly, { Instance }));
  WebAssembly.Instance = class extends Instance {
    constructor(...[module, imports]: ConstructorParameters<typeof Instance>) {
      super(module, imports);
      memories.push(this.exports.memory as WebAssembly.Memory);
    }
  };
  const sim = await Host.load(wasm);
  const run = async (from: number, to: number) => {
    for (let i = from; i < to; i++)
      await sim.request({ path: `/${'word/'.repeat(20)}${i}`, headers: { 'x-tenant': `tenant-${i}` } });
  };
  const bytes = () => memories.map(({ buffer }) => buffer.byteLength);
  await run(0, 2_000);
  const before = bytes();
  await run(2_000, 12_000);
  assert.deepEqual(bytes(), before);
  assert.ok(Math.max(...before) > 0 && Math.max(...before) < 4 * 1024 * 1024, String(before));
});
