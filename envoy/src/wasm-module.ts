import { readFileSync } from 'node:fs';
import { TollgateError } from '@tollgate/model';
import type { WasmModule } from './compile/governance.js';
import { shippedFilter } from './shipped-filter.js';

/** In every Node; its types come with those of browsers only, which nothing here may use. */
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

/** The governance filter. Whoever works on a filter names another module with `TOLLGATE_FILTER`. */
export function governanceModule(): Uint8Array {
  const named = process.env.TOLLGATE_FILTER;
  try {
    const bytes = named ? readFileSync(named) : shippedFilter();
    // Takes a millisecond, and says more than Envoy would.
    if (!WebAssembly.validate(bytes)) throw new Error('it is not a complete WebAssembly module');
    return bytes;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TollgateError(
      'filter_broken',
      `the filter module${named ? ` ${named}` : ''} cannot be used: ${why}; rebuild it with: npm run build`,
      { cause },
    );
  }
}

/** A filter, that of governance unless another is given, to travel inside the configuration. */
export function inlineModule(bytes = governanceModule()): WasmModule {
  return { inlineBase64: Buffer.from(bytes).toString('base64') };
}
