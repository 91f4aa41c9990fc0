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
 * The token of a queue of this vm_id, made where there is none yet; 0 when the host refuses. Whoever registers last is woken:
 * `proxy_on_queue_ready(root, token)`, once for each item, on that thread. A queue has no limit: who fills one bounds it.
 */
export function registerQueue(name: Slice): u32 {
  store<u32>(OUT, 0);
  return succeeded(proxy_register_shared_queue(name.at, name.length, OUT)) ? load<u32>(OUT) : 0;
}

/** The token of a queue that another VM (or this one, with '') registered; 0 when there is none, perhaps not yet. */
export function resolveQueue(vmId: Slice, name: Slice): u32 {
  store<u32>(OUT, 0);
  return succeeded(proxy_resolve_shared_queue(vmId.at, vmId.length, name.at, name.length, OUT)) ? load<u32>(OUT) : 0;
}

/** Puts an item at the end; NOT_FOUND when there is no such queue. */
export function enqueue(queue: u32, item: Slice): u32 {
  return kept(proxy_enqueue_shared_queue(queue, item.at, item.length));
}

/**
 * Takes the first item, into the request's memory; null when there is none (EMPTY, as another thread may have been faster) or no
 * such queue (NOT_FOUND). An empty item is an item.
 */
export function dequeue(queue: u32): Slice | null {
  store<u64>(OUT, 0);
  if (!succeeded(proxy_dequeue_shared_queue(queue, OUT, OUT + 4))) return null;
  return sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
}
