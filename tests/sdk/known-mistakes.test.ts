/// <reference lib="dom" />
// The mistakes of other SDKs, each of which took a filter down or made it decide wrongly. What takes a real Envoy to show
// is with the examples: signatures of the gRPC imports and the names of its callbacks (grpc-callout, grpc-stream), changing
// bodies (body-rewriting), reading what is absent (host-calls).
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { startEnvoy } from '@tollgate/envoy/binary';
import { Host } from '@tollgate/host-sim';
import { compileFilter } from '../../tools/build-filters.mjs';
import { realEnvoy } from '../support/envoy.js';
import { fetchText } from '../support/fetch-text.js';
import { freePorts } from '../support/ports.js';

/** Answers with its configuration's name, the property that the path names, and how often its configuration was called. */
const source = `
import {
  Action,
  Decoder,
  HttpFilter,
  Level,
  Slice,
  Value,
  log,
  make,
  property,
  requestHeaders,
  responseHeaders,
} from 'proxy-wasm';

@unmanaged class Settings { name: Slice; calls: u64; }

@filter
class Named extends HttpFilter<Settings> {
  held: u64;
  static configure(decoder: Decoder, value: Value | null): Settings {
    const settings = make<Settings>(decoder.arena);
    settings.name = decoder.name(decoder.required(decoder.object(value), 'name'));
    return settings;
  }
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    this.held = ++this.configuration.calls;
    const value = requestHeaders.first('x-bytes');
    if (value) requestHeaders.set('x-echo', value);
    log(Level.DEBUG, 'seen');
    if (property('no.such\\0property')) requestHeaders.set('x-found', 'yes');
    return Action.CONTINUE;
  }
  onResponseHeaders(count: u32, endOfStream: bool): Action {
    responseHeaders.add('x-named', this.configuration.name);
    return Action.CONTINUE;
  }
}
`;

let wasm: Uint8Array;
before(async () => {
  wasm = await compileFilter('tests/sdk/named.ts', ['--outFile', 'named.wasm'], source);
});

test('two plugins in one VM keep their own configurations', async () => {
  const sim = await Host.load(wasm, { config: { name: 'a' }, plugins: [{ config: { name: 'b' } }] });
  const response = await sim.request();
  assert.deepEqual(response.headerAll('x-named').sort(), ['a', 'b']);
});

test('so they do in Envoy, which ends without a complaint', async (context) => {
  const [port = 0] = await freePorts(1);
  const plugin = (name: string) => ({
    name,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm',
      config: {
        name,
        vm_config: {
          vm_id: 'shared',
          runtime: 'envoy.wasm.runtime.v8',
          code: { local: { inline_bytes: Buffer.from(wasm).toString('base64') } },
        },
        configuration: {
          '@type': 'type.googleapis.com/google.protobuf.StringValue',
          value: JSON.stringify({ name }),
        },
      },
    },
  });
  const manager = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'x',
    route_config: {
      virtual_hosts: [
        { name: 'x', domains: ['*'], routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }] },
      ],
    },
    http_filters: [
      plugin('a'),
      plugin('b'),
      {
        name: 'router',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
  };
  const bootstrap = {
    static_resources: {
      listeners: [
        {
          name: 'x',
          address: { socket_address: { address: '127.0.0.1', port_value: port } },
          filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }],
        },
      ],
    },
  };
  const lines: string[] = [];
  const { path } = await realEnvoy();
  const envoy = startEnvoy({ path, nodeName: 'x', bootstrap, env: {}, onLog: ({ message }) => lines.push(message) });
  context.after(() => envoy.stop());
  await envoy.ready;
  for (let i = 0; i < 3; i++) {
    const { headers } = await fetchText(`http://127.0.0.1:${port}/`, { headers: { 'x-bytes': 'a' } });
    assert.deepEqual(String(headers['x-named']).split(', ').sort(), ['a', 'b']);
  }
  await envoy.stop();
  assert.deepEqual(
    lines.filter((line) => /Function:|abort|wasm log/.test(line)),
    [],
  );
});

test('a root_id that nobody registered is no reason to abort', async () => {
  const sim = await Host.load(wasm, { config: { name: 'a' }, rootId: 'nobody' });
  assert.equal((await sim.request()).header('x-named'), 'a');
});

test('a property that is absent is null and no trap', async () => {
  const sim = await Host.load(wasm, { config: { name: 'a' } });
  const { status, upstream } = await sim.request();
  assert.equal(status, 200);
  assert.equal(upstream?.header('x-found'), undefined);
});

test('bytes of a header that are no UTF-8 stay as they are', async () => {
  const sim = await Host.load(wasm, { config: { name: 'a' } });
  const { upstream } = await sim.request({ headers: { 'x-bytes': '\xff\xc3(\x80' } });
  assert.equal(upstream?.header('x-echo'), '\xff\xc3(\x80');
});

test('lines go to the log of the host by their level, and none to standard output', async () => {
  const module = await WebAssembly.compile(Uint8Array.from(wasm));
  const imports = WebAssembly.Module.imports(module).map(({ name }) => name);
  assert.ok(imports.includes('proxy_log'));
  for (const name of ['fd_write', 'abort', 'proxy_clear_route_cache', 'proc_exit'])
    assert.ok(!imports.includes(name), name);
  const sim = await Host.load(wasm, { config: { name: 'a' }, logLevel: 'debug' });
  assert.deepEqual(
    (await sim.request()).log.map(({ level, message }) => `${level} ${message}`),
    ['debug seen'],
  );
  const quiet = await Host.load(wasm, { config: { name: 'a' } });
  assert.deepEqual((await quiet.request()).log, []);
});

test('a stream costs no host call beyond its own, however many are open', async () => {
  const sim = await Host.load(wasm, { config: { name: 'a' } });
  const calls = async () => (await sim.request()).trace.filter((line) => line.startsWith('  ')).length;
  const alone = await calls();
  for (let i = 0; i < 5_000; i++) sim.open({ path: '/' });
  assert.equal(await calls(), alone);
});

test('the end of the host is no trap', async () => {
  const sim = await Host.load(wasm, { config: { name: 'a' } });
  await sim.request();
  sim.close();
  assert.deepEqual(
    sim.logs.filter(({ level }) => level !== 'info'),
    [],
  );
});
