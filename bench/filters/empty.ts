import { Action } from 'proxy-wasm/assembly/abi/status';
import { enter } from 'proxy-wasm/assembly/memory/request';

export { proxy_abi_version_0_2_1, proxy_on_memory_allocate } from 'proxy-wasm/assembly/lifecycle/index';

/** A filter that does nothing. */
export function proxy_on_request_headers(stream: u32, headers: u32, endOfStream: u32): u32 {
  enter();
  return Action.CONTINUE;
}
