import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { fetchText } from '../../../tests/support/fetch-text.js';
import { serve } from '../../../tests/support/serve.js';
import { within } from '../../../tests/support/wait.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('body-rewriting');
});

const json = 'application/json; charset=utf-8';
const big = JSON.stringify({ password: 'secret', more: 'x'.repeat(300_000) });
const answers: Record<string, [type: string, pieces: string[], expected: string]> = {
  '/plain': [json, ['{"name":"a","password":"secret"}'], '{"name":"a","password":"***"}'],
  '/pieces': [json, ['{"pass', 'word" : "se', 'cret", "b": 1}'], '{"password" : "***", "b": 1}'],
  '/escaped': [json, ['{"password":"a\\"b","c":"d"}'], '{"password":"***","c":"d"}'],
  '/twice': [json, ['[{"password":"a"},{"password":"b"}]'], '[{"password":"***"},{"password":"***"}]'],
  '/cut': [json, ['{"password":"a'], '{"password":"***'],
  '/none': [json, ['{"a":1,"passwords":"b","password":1}'], '{"a":1,"passwords":"b","password":1}'],
  '/text': ['text/plain', ['{"password":"secret"}'], '{"password":"secret"}'],
  '/big': [json, [big.slice(0, 1000), big.slice(1000)], big],
};

for (const host of ['simulator', 'envoy'] as const) {
  test(`${host}: passwords are written over, in bodies of any number of pieces`, async (context) => {
    const upstream = await serve(context, async (request, response) => {
      const [type = '', pieces = []] = answers[request.url ?? ''] ?? [];
      response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(pieces.join('')) });
      for (const piece of pieces)
        await within('a piece to be sent', new Promise((sent) => response.write(piece, sent)));
      response.end();
    });
    const { port } = await startExample(context, host, 'body-rewriting', wasm, [upstream]);
    for (const [path, [, , expected]] of Object.entries(answers)) {
      const { text, headers } = await fetchText(`http://127.0.0.1:${port}${path}`);
      assert.equal(text, expected, path);
      if (path === '/text') assert.equal(headers['content-length'], String(expected.length));
      else assert.equal(headers['content-length'], undefined, path);
    }
  });
}

test('simulator: a body in front of trailers is written over as well', async () => {
  const sim = await Host.load(wasm);
  sim.setUpstream(() => ({
    status: 200,
    headers: { 'content-type': json },
    body: ['{"password":', '"secret"}'],
    trailers: { 'x-sum': '1' },
  }));
  const response = await sim.request();
  assert.equal(response.body.toString(), '{"password":"***"}');
});
