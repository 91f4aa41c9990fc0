import {
  proxy_dequeue_shared_queue,
  proxy_enqueue_shared_queue,
  proxy_register_shared_queue,
  proxy_resolve_shared_queue,
} from '../abi/shared-queues';
import { Slice, sliceOf } from '../bytes/slice';
import { kept, succeeded } from '../hostcalls/host-status';
import { request } from '../memory/request';

const OUT: usize = memory.data(8, 4);

/**
 * The token of a queue of this `vm_id`, which is created if there is none; 0 if the host refuses. The thread that
 * registered last is called for each item: `onQueueReady`. A queue has no limit of its own, so limit what you put in.
 */
export function registerQueue(name: Slice): u32 {
  store<u32>(OUT, 0);
  return succeeded(proxy_register_shared_queue(name.at, name.length, OUT)) ? load<u32>(OUT) : 0;
}

/** The token of a queue that another VM (or, with an empty `vmId`, this one) has registered; 0 if there is none yet. */
export function resolveQueue(vmId: Slice, name: Slice): u32 {
  store<u32>(OUT, 0);
  return succeeded(proxy_resolve_shared_queue(vmId.at, vmId.length, name.at, name.length, OUT)) ? load<u32>(OUT) : 0;
}

/** Appends an item, and returns the status: NOT_FOUND if there is no such queue. */
export function enqueue(queue: u32, item: Slice): u32 {
  return kept(proxy_enqueue_shared_queue(queue, item.at, item.length));
}

/**
 * Takes the first item, in the request's memory; null if there is none (EMPTY: another thread may have been faster) or
 * no such queue (NOT_FOUND).
 */
export function dequeue(queue: u32): Slice | null {
  store<u64>(OUT, 0);
  if (!succeeded(proxy_dequeue_shared_queue(queue, OUT, OUT + 4))) return null;
  return sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
}
