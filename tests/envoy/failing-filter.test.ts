import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { describeExit } from '@tollgate/envoy/binary';
import { startApplication } from '../support/application.js';
import { document, file, loopback, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { startGoverned } from '../support/governed-envoy.js';
import { freePorts } from '../support/ports.js';
import { secretTraces } from '../support/secret-traces.js';
import { tinyModule } from '../support/tiny-filter.js';
import { until, within } from '../support/wait.js';

const networks = document('AccessPolicy', 'any', '{ rules: [{ name: any, deny: [192.0.2.1] }] }');
/** With it the module keeps what is called for answers. */
const breaker = document(
  'CircuitBreakerPolicy',
  'any',
  '{ side: provider, breakers: [{ name: any, trip: { consecutiveFailures: 9 } }] }',
);

/** A filter of the test's own in the bootstrap that the compiler makes: its settings are what is tested. */
async function governedBy(context: TestContext, filter: string, policy = networks) {
  const application = await startApplication();
  const [port = 0] = await freePorts(1);
  const policies = file(
    document('Service', 'vendors', '{}'),
    vendorsNode({ listen: port, to: application.port }),
    policy,
  );
  const { envoy, log } = await startGoverned({ policies, node: 'vendors-1', wasm: await tinyModule(filter) });
  context.after(async () => {
    await envoy.stop();
    await application.close();
  });
  const statusOf = async (path: string) => (await fetchText(`http://127.0.0.1:${port}${path}`)).status;
  return { envoy, log, port, application, statusOf };
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

test('a service whose filter traps leaves the others of its node alone', async (context) => {
  const application = await startApplication();
  const [vendors = 0, orders = 0] = await freePorts(2);
  const inbound = (service: string, port: number) =>
    `{ service: ${service}, listen: ${loopback(port)}, to: ${loopback(application.port)} }`;
  const policies = file(
    document('Service', 'vendors', '{}'),
    document('Service', 'orders', '{}'),
    document(
      'Node',
      'both',
      `{ services: [vendors, orders], workers: 1, inbound: [${inbound('vendors', vendors)}, ${inbound('orders', orders)}] }`,
    ),
    document('AccessPolicy', 'any', '{ rules: [{ name: any, deny: [192.0.2.1] }] }'),
  );
  const wasm = await tinyModule(filterOf('/trap'.length, 'unreachable();'));
  const { envoy } = await startGoverned({ policies, node: 'both', wasm });
  context.after(async () => {
    await envoy.stop();
    await application.close();
  });
  const statusOf = async (port: number, path = '/') => (await fetchText(`http://127.0.0.1:${port}${path}`)).status;
  for (let count = 0; count < 10; count++) {
    assert.equal(await statusOf(vendors, '/trap'), 503);
    assert.equal(await statusOf(orders), 200);
  }
});

/** Loops for ever, in the callback that is named. */
const looping = (callback: string) =>
  `export function ${callback}(stream: u32, headers: u32, end: u32): u32 { while (true) {} return 0; }`;

const secret = 's3cret-of-0rders';
/** Sends one request and gives what ends its connection. */
type Send = (port: number) => () => void;

const overHttp1 =
  (text: string): Send =>
  (port) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(text);
    return () => socket.destroy();
  };

/** The secret in all its parts, the end of the body still to come. */
const withBody = overHttp1(
  `POST /${secret}?key=${secret} HTTP/1.1\r\nhost: vendors\r\nauthorization: Bearer ${secret}\r\ncontent-length: 99\r\n\r\n${secret}`,
);
const withoutBody = overHttp1(
  `GET /${secret} HTTP/1.1\r\nhost: vendors\r\ncookie: a=${secret}\r\nx-line: \u2028critical|backtrace|${secret}\r\n\r\n`,
);
const overHttp2: Send = (port) => {
  const session = connectHttp2(`http://127.0.0.1:${port}`).on('error', () => {});
  const head = { ':method': 'POST', ':path': `/${secret}?key=${secret}`, ':authority': 'vendors' };
  const stream = session.request({ ...head, authorization: `Bearer ${secret}` }).on('error', () => {});
  stream.write(secret);
  return () => session.destroy();
};

for (const [where, callback, send] of [
  ['the head of a request', 'proxy_on_request_headers', withBody],
  ['a request without a body', 'proxy_on_request_headers', withoutBody],
  ['a request over HTTP/2', 'proxy_on_request_headers', overHttp2],
  ['the body of a request', 'proxy_on_request_body', withBody],
  ['the head of an answer', 'proxy_on_response_headers', withoutBody],
] as const) {
  test(`a filter that loops for ever on ${where} is ended by the watchdog, and nothing of the request is logged`, async (context) => {
    const { envoy, port, log } = await governedBy(context, looping(callback), breaker);
    context.after(send(port));
    const exit = await within('the watchdog to end Envoy', envoy.exited);
    assert.equal(describeExit(exit), 'signal SIGABRT from its watchdog, because a thread hung');
    const text = log.join('\n');
    assert.deepEqual(secretTraces(text, secret), []);
    assert.deepEqual(secretTraces(JSON.stringify(exit.complaints), secret), []);
    // What a report of the fault needs is there.
    assert.match(text, /^critical backtrace Caught Aborted/m);
    assert.match(text, /^critical backtrace #0: .*\[0x[0-9a-f]+\]$/m);
    assert.match(
      text,
      /^warning backtrace part of what Envoy wrote is left out, because it can contain data from requests$/m,
    );
  });
}
