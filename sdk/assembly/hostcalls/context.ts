import { proxy_done, proxy_set_effective_context } from '../abi/contexts';
import { kept, succeeded } from './host-status';

/**
 * Makes the host calls that follow in this callback mean another context: answers of calls, ticks and queues arrive at the
 * root, and a stream's headers are touched only after this. False when there is no such context (any more): its stream has
 * ended meanwhile, and nothing is left to do for it.
 */
export function setEffectiveContext(context: u32): bool {
  return succeeded(proxy_set_effective_context(context));
}

/** Ends a plugin that answered its `proxy_on_done` with 0. NOT_FOUND when the host does not wait for it. */
export function finishPlugin(): u32 {
  return kept(proxy_done());
}
