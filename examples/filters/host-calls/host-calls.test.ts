import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { before, test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { buildExample, startExample } from '../../../tests/support/example-filter.js';
import { serve } from '../../../tests/support/serve.js';
import { within } from '../../../tests/support/wait.js';

let wasm: Uint8Array;
before(async () => {
  wasm = await buildExample('host-calls');
});

/** The simulator has neither expressions nor gRPC yet, and loads no module that imports the latter. */
const ENVOY_ONLY = ['/expressions', '/grpc'];

/** What each path makes the filter log, in both hosts. */
const answers = readFileSync(new URL('./answers.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n\n')
  .map((part) => part.split('\n'))
  .map(([path = '', ...lines]) => ({ path, lines }));
const headers: [string, string][] = [
  ['x-two', '1'],
  ['x-two', '2'],
  ['x-empty', ''],
  ['x-bytes', '\xff\xfe'],
];
const bodyOf = (path: string) => (path === '/body' ? 'hello' : undefined);

for (const { path, lines } of answers.filter(({ path }) => !ENVOY_ONLY.includes(path)))
  test(`simulator: ${path}`, async () => {
    const sim = await Host.load(wasm, { name: 'host-calls', vmId: 'host-calls', env: { HOST_CALLS: 'granted' } });
    const body = bodyOf(path);
    const stream = sim.open({ path, headers, method: body ? 'POST' : 'GET' });
    // The end comes by itself, as it does behind a chunked body.
    if (body) stream.send(body);
    await stream.end().response;
    assert.deepEqual(
      sim.logs.map(({ message }) => message),
      lines,
    );
  });

test('Envoy: every path', async (context) => {
  const application = await serve(context, (_, response) => response.end());
  const withGrpc = await buildExample('host-calls', '--use', 'WITH_GRPC=1');
  const example = await startExample(context, 'envoy', 'host-calls', withGrpc, [application, application]);
  for (const { path, lines } of answers) {
    const from = example.lines.length;
    await send(example.port, path, bodyOf(path));
    await example.logged(new RegExp(`${(lines.at(-1) ?? '').replace(/[()"]/g, '.')}$`), from);
    // Two bytes that are no UTF-8, as Envoy's log is read.
    const said = example.lines.slice(from).map((line) => line.replace('\ufffd\ufffd', '\xff\xfe'));
    assert.deepEqual(said, lines, path);
  }
});

function send(port: number, path: string, body?: string): Promise<void> {
  const list = [...headers.flat(), 'host', 'a', ...(body ? ['transfer-encoding', 'chunked'] : [])];
  const answered = new Promise<void>((resolve, reject) => {
    const call = request({ port, path, method: body ? 'POST' : 'GET', agent: false, headers: list }, (answer) => {
      answer.resume().on('end', resolve);
    });
    call.on('error', reject);
    call.end(body);
  });
  return within(`the answer to ${path}`, answered);
}
