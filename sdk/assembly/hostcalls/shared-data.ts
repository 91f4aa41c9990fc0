import { proxy_get_shared_data, proxy_set_shared_data } from '../abi/shared-data';
import { Status } from '../abi/status';
import { make } from '../memory/arena';
import { request } from '../memory/request';

const OUT: usize = memory.data(12, 4);

/** A value of the map that all workers share, and the ticket with which it may be replaced. */
@unmanaged
export class Shared {
  at: usize;
  length: i32;
  cas: u32;
}

export function shared(key: usize, keyLength: i32): Shared | null {
  store<u64>(OUT, 0);
  store<u32>(OUT, 0, 8);
  if (proxy_get_shared_data(key, keyLength, OUT, OUT + 4, OUT + 8) != Status.OK) return null;
  const value = make<Shared>(request);
  value.at = load<usize>(OUT);
  value.length = load<i32>(OUT, 4);
  value.cas = load<u32>(OUT, 8);
  return value;
}

/** Replaces the value unless somebody else did since it was read. With `cas` 0 it always wins. */
export function share(key: usize, keyLength: i32, value: usize, length: i32, cas: u32): bool {
  return proxy_set_shared_data(key, keyLength, value, length, cas) == Status.OK;
}
