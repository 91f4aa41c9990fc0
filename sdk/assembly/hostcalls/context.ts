import { proxy_done, proxy_set_effective_context } from '../abi/contexts';
import { kept, succeeded } from './host-status';

/**
 * Has the host calls that follow in this callback mean another context. Answers of calls, ticks and queues arrive at
 * the plugin, so only after this can you use a stream's headers. False if there is no such context any more, because
 * its stream has ended.
 */
export function setEffectiveContext(context: u32): bool {
  return succeeded(proxy_set_effective_context(context));
}

/** Ends a plugin whose `onDone` returned false, and returns the status. NOT_FOUND if the host is not waiting for it. */
export function finishPlugin(): u32 {
  return kept(proxy_done());
}
