import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { fetchText } from '../../../tests/support/fetch-text.js';
import { serve } from '../../../tests/support/serve.js';
import { within } from '../../../tests/support/wait.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('metrics');
});

for (const host of ['simulator', 'envoy'] as const) {
  test(`${host}: calls, failures and those on their way are counted`, async (context) => {
    let release = () => {};
    const reached = new Promise<void>((resolve) => {
      release = resolve;
    });
    let answer = () => {};
    const application = await serve(context, (request, response) => {
      response.statusCode = Number(request.url?.slice(1));
      if (request.url !== '/201') {
        response.end();
        return;
      }
      answer = () => response.end();
      release();
    });
    const { port, metric } = await startExample(context, host, 'metrics', wasm, [application]);
    for (const status of [200, 404, 500, 503]) await fetchText(`http://127.0.0.1:${port}/${status}`);
    const waiting = fetchText(`http://127.0.0.1:${port}/201`);
    await within('a call to reach the application', reached);
    assert.deepEqual([await metric('calls'), await metric('calls_in_flight')], [5, 1]);
    answer();
    await waiting;
    // One more call, whose own beginning comes behind the log of the one before.
    await fetchText(`http://127.0.0.1:${port}/200`);
    assert.equal(await metric('calls_failed'), 2);
    assert.equal(await metric('calls'), 6);
  });
}
