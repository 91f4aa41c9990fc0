import { proxy_get_shared_data, proxy_set_shared_data } from '../abi/shared-data';
import { make } from '../memory/arena';
import { request } from '../memory/request';
import { succeeded } from './host-status';

const OUT: usize = memory.data(12, 4);

/** A value that all workers share, and the number (`cas`) with which it may be replaced. */
@unmanaged
export class Shared {
  at: usize;
  length: i32;
  cas: u32;
}

/** The highest number of a write that this VM knows of; 0 for none. */
let known: u32 = 0;

/**
 * Envoy numbers all writes of a process. This VM's last write has this number, or a higher one if others have written
 * since; 0 if nothing is known.
 */
export function writtenAtLeast(): u32 {
  return known;
}

/** Forgets that number. Numbers have 32 bits and start again, so an old one says nothing. */
export function forgetWritten(): void {
  known = 0;
}

/**
 * The value of a key, copied to the request's memory; null if there is none. All VMs with this `vm_id` share the keys.
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
 * Sets a value, unless somebody else has since it was read (CAS_MISMATCH: read it again, but not for ever). It always
 * succeeds with `cas` 0, or if the key is new. Keys cannot be removed, so limit them.
 */
export function share(key: usize, keyLength: i32, value: usize, length: i32, cas: u32): bool {
  if (!succeeded(proxy_set_shared_data(key, keyLength, value, length, cas))) return false;
  // 0 is no number: it would replace any value.
  if (known && !++known) known = 1;
  return true;
}
