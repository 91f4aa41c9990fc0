import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { TollgateError } from '@tollgate/model';
import type { WasmModule } from './compile/governance.js';

/** In every Node; its types come with those of browsers only, which nothing here may use. */
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

/** Where the built governance filter lies. Whoever works on a filter names another module with `TOLLGATE_FILTER`. */
export function governanceModulePath(): string {
  if (process.env.TOLLGATE_FILTER) return resolve(process.env.TOLLGATE_FILTER);
  return createRequire(import.meta.url).resolve('@tollgate/filters/build/governance.wasm');
}

/** The governance filter, to travel inside the configuration. */
export function inlineModule(path = governanceModulePath()): WasmModule {
  try {
    const bytes = readFileSync(path);
    // Takes a millisecond, and says more than Envoy would.
    if (!WebAssembly.validate(bytes)) throw new Error('it is not a complete WebAssembly module');
    return { inlineBase64: bytes.toString('base64') };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TollgateError(
      'filter_broken',
      `the filter module ${path} cannot be used: ${why}; rebuild it with: npm run build`,
      { cause },
    );
  }
}
