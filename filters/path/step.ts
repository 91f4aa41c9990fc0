import { canonicalPath } from 'proxy-wasm/assembly/http/canonical-path';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Call } from '../call/call';
import { denyAlways } from '../verdict/verdict';
import { Reason } from '../verdict/reason';

/** First of all steps: what they compare must be the path that the service will see. */
export function refusedByPath(call: Call): bool {
  // CONNECT has no path, and OPTIONS may ask about the server as a whole.
  if (!call.path.length && !call.query) return false;
  if (call.path.is('*')) return false;
  const canonical = canonicalPath(request, call.path);
  if (!canonical) return denyAlways(call, 'path/canonical', Reason.PATH_NOT_CANONICAL);
  call.path = canonical;
  return false;
}
