import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TollgateError } from '@tollgate/model';
import type { WasmModule } from './compile/governance.js';

/** Where the built governance filter lies. */
export function governanceModulePath(): string {
  return createRequire(import.meta.url).resolve('@tollgate/filters/build/governance.wasm');
}

/** The governance filter, to travel inside the configuration. */
export function inlineModule(path = governanceModulePath()): WasmModule {
  try {
    const bytes = readFileSync(path);
    if (bytes.length < 8 || bytes.readUInt32BE(0) !== 0x0061736d)
      throw new Error('it does not begin as a WebAssembly module does');
    return { inlineBase64: bytes.toString('base64') };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TollgateError(
      'filter_broken',
      `the filter module ${path} cannot be used: ${why}; build it anew with: npm run build`,
      { cause },
    );
  }
}
