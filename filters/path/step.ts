import { canonicalPath, request } from 'proxy-wasm';
import { Call } from '../call/call';
import { hostName } from '../call/host';
import { PARAMETERS_MAX, parametersIn } from '../call/query';
import { denyAlways } from '../verdict/verdict';
import { Reason } from '../verdict/reason';

/**
 * First of all steps: what they compare must be the host and the path that the service will see, and a query that can be
 * looked through.
 */
export function refusedByPath(call: Call): bool {
  const query = call.queryText;
  const right = (!query || parametersIn(query) <= PARAMETERS_MAX) && readHost(call) && readPath(call);
  return right ? false : denyAlways(call, 'path/canonical', Reason.PATH_NOT_CANONICAL);
}

function readHost(call: Call): bool {
  const authority = call.headers.first(':authority');
  if (!authority) return false;
  const host = hostName(request, authority);
  if (host) call.host = host;
  return host != null;
}

function readPath(call: Call): bool {
  // CONNECT has no path, and OPTIONS may ask about the server as a whole.
  if ((!call.path.length && !call.queryText) || call.path.equals('*')) return true;
  const canonical = canonicalPath(request, call.path);
  if (canonical) call.path = call.target!.paths.read(request, canonical);
  return canonical != null;
}
