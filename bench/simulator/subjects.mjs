// The modules that are measured, each with a request that it lets through.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { wasmPlugin } from '../native.mjs';
import { compiled, policy } from '../policies.mjs';
import { withOwnLogLevel } from './emulator-module.mjs';

const headers = [
  [':authority', 'bench'],
  [':path', '/vendors/1'],
  [':method', 'GET'],
  [':scheme', 'http'],
  ['x-tenant', 'a'],
];
const peer = '127.0.0.1:40000';
const size = (bytes) => `${Math.round(bytes.length / 1024)} KiB`;

/** `wasm` is the module's file; `emulatorWasm` what the Go emulator is given in its place; `filter` what Envoy is given. */
export async function subjects(root, folder) {
  const { modulePath } = await import('@tollgate/filters');
  const wasm = modulePath('governance');
  const bytes = readFileSync(wasm);
  const emulatorWasm = join(folder, 'governance.wasm');
  writeFileSync(emulatorWasm, await withOwnLogLevel(bytes));
  const filter = await compiled(root, wasm, policy.access(1), policy.limits);
  const properties = { 'source.address': peer, 'xds.virtual_host_name': 'default/bench' };

  const goBytes = brotliDecompressSync(readFileSync(join(root, 'tests/foreign/built/go-parity.wasm.br')));
  const goWasm = join(folder, 'go-parity.wasm');
  writeFileSync(goWasm, goBytes);
  return [
    {
      name: 'governance.wasm',
      held: true,
      title: `governance.wasm, ${size(bytes)}: addresses and two limits. The emulator lacks proxy_get_log_level, which is put into the module for it`,
      config: filter.typed_config.config.configuration.value,
      ...{ wasm, emulatorWasm, filter, properties, peer, headers, response: true },
    },
    {
      name: 'go-parity.wasm',
      title: `go-parity.wasm, ${size(goBytes)}: a filter of the Go SDK, which does nothing with this request`,
      config: 'text',
      ...{
        wasm: goWasm,
        emulatorWasm: goWasm,
        filter: wasmPlugin('go', goBytes, 'text'),
        peer,
        headers,
        response: true,
      },
      properties: { 'source.address': peer },
    },
  ];
}
