/// <reference lib="dom" />
// What Envoy asks of a module, and what we ask of ours: checked on the built files.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileFilter, entryOf, moduleOptions } from '../../tools/build-filters.mjs';

const base = ['_initialize', 'memory', 'proxy_abi_version_0_2_1', 'proxy_on_configure', 'proxy_on_context_create'];
const every = [...base, 'proxy_on_memory_allocate', 'proxy_on_request_headers'];
/** A call in flight ends with its stream; the tick tells that the VM lives, and its period is set only where a limit counts them. */
const counting = [...every, 'proxy_on_delete', 'proxy_on_response_headers', 'proxy_on_tick'].sort();
/** The upstream's time runs from the request's end to the head of the answer, or to the end of a stream without one. */
const timing = ['proxy_on_log', 'proxy_on_request_body', 'proxy_on_request_trailers'];
/** A callback that is exported and not used costs every request a crossing. */
const EXPORTS: Record<string, string[]> = {
  token: every,
  access: every,
  ratelimit: counting,
  breaker: [...every, ...timing, 'proxy_on_response_headers'].sort(),
  jwt: [...every, 'proxy_on_http_call_response', 'proxy_on_tick'].sort(),
  tcp: [...base, 'proxy_on_delete', 'proxy_on_memory_allocate', 'proxy_on_new_connection', 'proxy_on_tick'],
  governance: [...counting, ...timing, 'proxy_on_http_call_response'].sort(),
};

/** The ABI 0.2.1 as Envoy 1.40 offers it, one more name stops the module from loading. */
const ABI = new Set(
  [
    'log get_log_level get_current_time_nanoseconds set_tick_period_milliseconds get_property set_property',
    'continue_stream close_stream send_local_response get_status',
    'get_header_map_value add_header_map_value replace_header_map_value remove_header_map_value',
    'get_header_map_pairs set_header_map_pairs get_header_map_size get_buffer_bytes set_buffer_bytes get_buffer_status',
    'http_call grpc_call grpc_stream grpc_send grpc_cancel grpc_close get_shared_data set_shared_data',
    'register_shared_queue resolve_shared_queue enqueue_shared_queue dequeue_shared_queue',
    'define_metric increment_metric record_metric get_metric set_effective_context done call_foreign_function',
  ]
    .join(' ')
    .split(' ')
    .map((name) => `env.proxy_${name}`)
    .concat(
      ['clock_time_get', 'environ_sizes_get', 'environ_get', 'random_get'].map(
        (name) => `wasi_snapshot_preview1.${name}`,
      ),
    ),
);

for (const [name, expected] of Object.entries(EXPORTS)) {
  test(`${name}.wasm imports the ABI alone and exports what it uses`, async () => {
    const bytes = readFileSync(new URL(`../build/${name}.wasm`, import.meta.url));
    const module = await WebAssembly.compile(bytes);
    for (const { module: area, name: imported } of WebAssembly.Module.imports(module)) {
      assert.ok(ABI.has(`${area}.${imported}`), `${area}.${imported}`);
    }
    const exported = WebAssembly.Module.exports(module).map((entry) => entry.name);
    assert.deepEqual(exported.sort(), expected);
  });

  test(`${name} can make no managed object`, async () => {
    assert.deepEqual(await managedAllocations(entryOf(name), moduleOptions(name)), []);
  });
}

/** `strings` is the one that wants them. */
const examples = [
  'body-rewriting',
  'callout',
  'grpc-callout',
  'grpc-stream',
  'header-routing',
  'metrics',
  'queue',
  'tcp',
];
for (const name of examples) {
  test(`the example ${name} can make no managed object`, async () => {
    assert.deepEqual(await managedAllocations(`examples/filters/${name}/index.ts`), []);
  });
}

test('the example of strings makes managed objects', async () => {
  assert.notDeepEqual(await managedAllocations('examples/filters/strings/index.ts'), []);
});

test('the check for managed objects finds one', async () => {
  assert.notDeepEqual(await managedAllocations('tests/vectors/assembly/functions.ts'), []);
});

/**
 * The functions of the runtime through which every string, array or class instance is made. The compiler takes in only what
 * can be reached, so that without optimisation, which might inline them, their names tell whether anything calls them.
 */
async function managedAllocations(entry: string, more = ['--outFile', 'check.wasm']): Promise<string[]> {
  const options = ['--optimizeLevel', '0', '--shrinkLevel', '0', '--debug'];
  const bytes = await compileFilter(entry, [...options, ...more]);
  const [names] = WebAssembly.Module.customSections(await WebAssembly.compile(Uint8Array.from(bytes)), 'name');
  assert.ok(names, 'built without names');
  return (
    Buffer.from(names)
      .toString('latin1')
      .match(/~lib\/rt\/(stub|i?tcms)\/__(re)?new/g) ?? []
  );
}
