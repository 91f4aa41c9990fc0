import assert from 'node:assert/strict';
import { createServer } from 'node:http2';
import { before, test } from 'node:test';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { fetchText } from '../../../tests/support/fetch-text.js';
import { listen } from '../../../tests/support/listen.js';
import { serve } from '../../../tests/support/serve.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('grpc-stream');
});

/** As gRPC frames it: not compressed, the length, the message. */
const framed = (message: string) => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, Buffer.from(message)]);
};

for (const host of ['simulator', 'envoy'] as const) {
  test(`${host}: both metadata, every message and the end reach the stream that asked`, async (context) => {
    const application = await serve(context, (request, response) => response.end(`${request.headers['x-messages']}`));
    const server = createServer();
    server.on('stream', (stream) => {
      const chunks: Buffer[] = [];
      stream.on('error', () => {});
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const bad = Buffer.concat(chunks).equals(Buffer.concat([framed('/a'), framed('bad')]));
        stream.respond({ 'content-type': 'application/grpc', 'x-first': 'one' }, { waitForTrailers: true });
        stream.on('wantTrailers', () =>
          stream.sendTrailers({ 'grpc-status': bad ? '5' : '0', 'grpc-message': 'the end', 'x-last': 'two' }),
        );
        for (const message of ['a', 'b', 'c']) stream.write(framed(message));
        stream.end();
      });
    });
    const service = await listen(server);
    context.after(() => server.close());
    const { port, lines } = await startExample(context, host, 'grpc-stream', wasm, [application, service]);
    const ask = (tenant: string) => fetchText(`http://127.0.0.1:${port}/a`, { headers: { 'x-tenant': tenant } });

    assert.equal((await ask('good')).text, '3');
    const expected = ['initial metadata: one', 'message: a', 'message: b', 'message: c', 'trailing metadata: two'];
    assert.deepEqual(lines.slice(0, 5), expected);
    assert.match(lines[5] ?? '', /^closed: /);
    assert.equal((await ask('bad')).status, 503);
  });
}
