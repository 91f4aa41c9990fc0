import { monotonicNs } from 'proxy-wasm/assembly/hostcalls/clock';
import { proxy_on_delete as forget } from 'proxy-wasm/assembly/lifecycle/index';
import { enter } from 'proxy-wasm/assembly/memory/request';
import { releaseHolds } from './hold';
import { beat } from './vms';

/** Comes at the end of every stream, answered, refused, reset by either side or cut off. */
export function proxy_on_delete(id: u32): void {
  releaseHolds(id);
  forget(id);
}

export function proxy_on_tick(root: u32): void {
  enter();
  beat(monotonicNs());
}
