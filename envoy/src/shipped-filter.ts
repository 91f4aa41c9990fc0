import { readFileSync } from 'node:fs';
import { modulePath } from '@tollgate/filters';

/**
 * The governance filter of this release. A file of its own because the bundle of the command carries the module in place of
 * it (tools/bundle-cli.mjs).
 */
export function shippedFilter(): Uint8Array {
  return readFileSync(modulePath('governance'));
}
