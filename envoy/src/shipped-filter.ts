import { readFileSync } from 'node:fs';
import { modulePath } from '@tollgate/filters';

/**
 * A filter of this release. A file of its own because the bundle of the command carries the modules in place of it
 * (tools/bundle-cli.mjs).
 */
export function shippedFilter(name: 'governance' | 'tcp'): Uint8Array {
  return readFileSync(modulePath(name));
}
