import { canonicalPath } from 'proxy-wasm/assembly/http/canonical-path';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Call } from '../call/call';
import { PARAMETERS_MAX, parametersIn } from '../call/query';
import { denyAlways } from '../verdict/verdict';
import { Reason } from '../verdict/reason';

/** First of all steps: what they compare must be the path that the service will see, and a query that can be looked through. */
export function refusedByPath(call: Call): bool {
  const query = call.queryText;
  if (query && parametersIn(query) > PARAMETERS_MAX) return refuse(call);
  // CONNECT has no path, and OPTIONS may ask about the server as a whole.
  if (!call.path.length && !query) return false;
  if (call.path.is('*')) return false;
  const canonical = canonicalPath(request, call.path);
  if (!canonical) return refuse(call);
  call.path = canonical;
  return false;
}

function refuse(call: Call): bool {
  return denyAlways(call, 'path/canonical', Reason.PATH_NOT_CANONICAL);
}
