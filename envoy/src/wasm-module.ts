import { readFileSync } from 'node:fs';
import { TollgateError } from '@tollgate/model';
import type { WasmModule } from './compile/governance.js';
import { shippedFilter } from './shipped-filter.js';

/** In every Node; its types come with those of browsers only, which nothing here may use. */
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

/** The governance filter. Whoever works on a filter names another module with `TOLLGATE_FILTER`. */
export function governanceModule(): Uint8Array {
  const named = process.env.TOLLGATE_FILTER;
  return whole(named, () => (named ? readFileSync(named) : shippedFilter('governance')));
}

function whole(named: string | undefined, read: () => Uint8Array): Uint8Array {
  try {
    const bytes = read();
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

/** The filters of this release, or another one for calls, to travel inside the configuration. */
export function inlineModule(bytes = governanceModule()): WasmModule {
  const tcp = whole(undefined, () => shippedFilter('tcp'));
  return { inlineBase64: base64(bytes), tcp: { inlineBase64: base64(tcp) } };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
