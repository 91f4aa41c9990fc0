import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { fetchText } from '../../../tests/support/fetch-text.js';
import { serve } from '../../../tests/support/serve.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('queue');
});

for (const host of ['simulator', 'envoy'] as const) {
  test(`${host}: what requests put in is taken out once each`, async (context) => {
    const application = await serve(context, (_, response) => response.end());
    const example = await startExample(context, host, 'queue', wasm, [application]);
    for (const path of ['/1', '/2', '/3']) await fetchText(`http://127.0.0.1:${example.port}${path}`);
    for (const path of ['/1', '/2', '/3']) await example.logged(new RegExp(`called: GET ${path}$`));
    assert.equal(await example.metric('calls_lost'), 0);
  });
}

test('several workers fill one queue', async () => {
  const sim = await Host.load(wasm, { workers: 3 });
  for (let i = 0; i < 100; i++) await sim.request({ path: `/${i}` });
  await sim.settle();
  const paths = sim.logs.map(({ message }) => /called: GET \/(\d+)$/.exec(message)?.[1]).filter((path) => path);
  assert.deepEqual(
    paths,
    Array.from({ length: 100 }, (_, i) => String(i)),
  );
});
