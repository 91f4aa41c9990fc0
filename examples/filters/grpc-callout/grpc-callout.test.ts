import assert from 'node:assert/strict';
import { createServer } from 'node:http2';
import { before, type TestContext, test } from 'node:test';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { fetchText } from '../../../tests/support/fetch-text.js';
import { listen } from '../../../tests/support/listen.js';
import { freePorts } from '../../../tests/support/ports.js';
import { serve } from '../../../tests/support/serve.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('grpc-callout');
});

const MESSAGE_HEAD_BYTES = 5;

/** A machine that is busy must not make a time-out of an answer, nor an answer of a time-out. */
const within = (timeoutMs: number) => (bootstrap: string) =>
  bootstrap.replace('"timeoutMs": 500', `"timeoutMs": ${timeoutMs}`);

/** The service Checks, its answers by the tenant; and what it was asked. */
async function checks(context: TestContext): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const message = Buffer.concat(chunks).subarray(MESSAGE_HEAD_BYTES);
      asked.push(`${headers[':path']} ${headers['x-asked-by']} ${message.toString('hex')}`);
      const tenant = message.toString('latin1');
      if (tenant.endsWith('slow')) return;
      const status = tenant.endsWith('status') ? '7' : '0';
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'grpc-message': 'as asked' }));
      const answer = tenant.endsWith('acme') ? '0801' : tenant.endsWith('junk') ? 'ffff' : '1203616263';
      const bytes = Buffer.from(answer, 'hex');
      const head = Buffer.alloc(MESSAGE_HEAD_BYTES);
      head.writeUInt32BE(bytes.length, 1);
      stream.end(status === '0' ? Buffer.concat([head, bytes]) : undefined);
    });
  });
  const port = await listen(server);
  context.after(() => server.close());
  return { port, asked };
}

for (const host of ['simulator', 'envoy'] as const) {
  test(`${host}: a request passes when the service says so, and not otherwise`, async (context) => {
    const application = await serve(context, (_, response) => response.end('reached'));
    const service = await checks(context);
    const { port, logged } = await startExample(
      context,
      host,
      'grpc-callout',
      wasm,
      [application, service.port],
      within(60_000),
    );
    const ask = async (tenant: string) => {
      const { status, text } = await fetchText(`http://127.0.0.1:${port}/a`, { headers: { 'x-tenant': tenant } });
      return `${status} ${text}`;
    };

    assert.equal(await ask('acme'), '200 reached');
    assert.deepEqual(service.asked, [
      `/example.Checks/Check gateway ${Buffer.from('\n\x02/a\x12\x04acme').toString('hex')}`,
    ]);
    assert.equal(await ask('other'), '403 not allowed\n');
    assert.equal(await ask('junk'), '403 not allowed\n');
    assert.equal(await ask('status'), '403 not available\n');
    await logged(/check failed with status 7: as asked/);
    const many = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(i % 2 ? 'acme' : 'other')));
    assert.deepEqual(new Set(many.filter((_, i) => i % 2)), new Set(['200 reached']));
    assert.deepEqual(new Set(many.filter((_, i) => i % 2 === 0)), new Set(['403 not allowed\n']));
  });

  test(`${host}: nobody passes while the service is not there`, async (context) => {
    const application = await serve(context, (_, response) => response.end('reached'));
    const [nobody = 0] = await freePorts(1);
    const { port, logged } = await startExample(context, host, 'grpc-callout', wasm, [application, nobody]);
    const { status } = await fetchText(`http://127.0.0.1:${port}/a`, { headers: { 'x-tenant': 'acme' } });
    assert.equal(status, 403);
    await logged(/check failed with status 14/);
  });

  test(`${host}: nobody passes when the answer does not come in time`, async (context) => {
    const application = await serve(context, (_, response) => response.end('reached'));
    const { port: service } = await checks(context);
    const { port } = await startExample(context, host, 'grpc-callout', wasm, [application, service], within(50));
    const { status, text } = await fetchText(`http://127.0.0.1:${port}/a`, { headers: { 'x-tenant': 'slow' } });
    assert.deepEqual([status, text], [403, 'not available\n']);
  });
}
