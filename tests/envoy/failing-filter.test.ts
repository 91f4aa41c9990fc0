import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { startApplication } from '../support/application.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { startGoverned } from '../support/governed-envoy.js';
import { freePorts } from '../support/ports.js';
import { tinyModule } from '../support/tiny-filter.js';
import { until, within } from '../support/wait.js';

/** A filter of the test's own in the bootstrap that the compiler makes: its settings are what is tested. */
async function governedBy(context: TestContext, filter: string) {
  const application = await startApplication();
  const [port = 0] = await freePorts(1);
  const policies = file(
    document('Service', 'vendors', '{}'),
    vendorsNode({ listen: port, to: application.port }),
    document('AccessPolicy', 'any', '{ rules: [{ name: any, deny: [192.0.2.1] }] }'),
  );
  const { envoy } = await startGoverned({ policies, node: 'vendors-1', wasm: await tinyModule(filter) });
  context.after(async () => {
    await envoy.stop();
    await application.close();
  });
  const statusOf = async (path: string) => (await fetchText(`http://127.0.0.1:${port}${path}`)).status;
  return { envoy, port, application, statusOf };
}

const length =
  'let length = memory.data(4), start = memory.data(4); get(0, key, 5, start, length); return load<u32>(length);';
/** The filter knows what to do by the length of the path: a test filter needs no parser. */
const filterOf = (pathLength: number, action: string) => `
  @external("env", "proxy_get_header_map_value")
  declare function get(map: u32, key: usize, size: u32, value: usize, length: usize): u32;
  const key = memory.data<u8>([0x3a, 0x70, 0x61, 0x74, 0x68]); // ":path"
  function pathLength(): u32 { ${length} }
  export function proxy_on_request_headers(stream: u32, headers: u32, end: u32): u32 {
    if (pathLength() == ${pathLength}) { ${action} }
    return 0;
  }`;

for (const [how, times] of [
  ['a filter that traps', 1],
  ['one that traps again and again', 5],
] as const) {
  test(`${how} answers 503, lets nothing through, and comes back`, async (context) => {
    const { application, statusOf } = await governedBy(context, filterOf('/trap'.length, 'unreachable();'));
    assert.equal(await statusOf('/'), 200);
    for (let count = 0; count < times; count++) assert.equal(await statusOf('/trap'), 503);
    // Refusals until FAIL_RELOAD's backoff is over and there is a new VM.
    let status = 503;
    await until('the filter’s new VM', async () => {
      status = await statusOf('/');
      return status !== 503;
    });
    assert.equal(status, 200);
    assert.deepEqual(
      application.seen.map(({ path }) => path),
      ['/', '/'],
      'no call that trapped or came meanwhile passed',
    );
  });
}

test('a filter that loops for ever is ended by the watchdog, so that a supervisor can start anew', async (context) => {
  const { envoy, port, statusOf } = await governedBy(context, filterOf('/for-ever'.length, 'while (true) {}'));
  assert.equal(await statusOf('/'), 200);
  const socket = connect(port, '127.0.0.1');
  context.after(() => socket.destroy());
  socket.on('error', () => {});
  socket.write('GET /for-ever HTTP/1.1\r\nhost: vendors\r\n\r\n');
  const { code, signal } = await within('the watchdog to end Envoy', envoy.exited);
  assert.deepEqual({ code, signal }, { code: null, signal: 'SIGABRT' });
});
