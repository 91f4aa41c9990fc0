import { proxy_get_shared_data, proxy_set_shared_data } from '../abi/shared-data';
import { make } from '../memory/arena';
import { request } from '../memory/request';
import { succeeded } from './host-status';

const OUT: usize = memory.data(12, 4);

/** A value of the map that all workers share, and the ticket with which it may be replaced. */
@unmanaged
export class Shared {
  at: usize;
  length: i32;
  cas: u32;
}

/** The highest number that this VM knows to have been given to a write, as far as it was read or can be counted on; 0: none. */
let known: u32 = 0;

/**
 * Envoy numbers all writes of a process one after the other. So this VM's latest successful write has this number, or, where
 * others wrote since the number was known, a higher one; it never has a lower one. 0 where nothing is known.
 */
export function writtenAtLeast(): u32 {
  return known;
}

/** Numbers are 32 bits and begin anew: what was known long ago says nothing. */
export function forgetWritten(): void {
  known = 0;
}

/**
 * The value at a key of the map that all VMs with this vm_id share, copied to the request's memory; null when there is none.
 * An empty value is a value.
 */
export function shared(key: usize, keyLength: i32): Shared | null {
  store<u64>(OUT, 0);
  store<u32>(OUT, 0, 8);
  if (!succeeded(proxy_get_shared_data(key, keyLength, OUT, OUT + 4, OUT + 8))) return null;
  const value = make<Shared>(request);
  value.at = load<usize>(OUT);
  value.length = load<i32>(OUT, 4);
  value.cas = load<u32>(OUT, 8);
  if (!known || <i32>(value.cas - known) > 0) known = value.cas;
  return value;
}

/**
 * Replaces the value unless somebody else did since it was read (CAS_MISMATCH: read again, bounded). With `cas` 0 it always
 * wins, and on a key that is not there yet with any. Keys cannot be taken away again: bound them.
 */
export function share(key: usize, keyLength: i32, value: usize, length: i32, cas: u32): bool {
  if (!succeeded(proxy_set_shared_data(key, keyLength, value, length, cas))) return false;
  // 0 is no number: it would replace any value.
  if (known && !++known) known = 1;
  return true;
}
