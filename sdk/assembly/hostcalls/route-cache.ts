import { sliceOf } from '../bytes/slice';
import { request } from '../memory/request';
import { callForeignFunction } from './foreign-function';

/**
 * Has the host choose the route anew, after headers were changed by which routes are chosen. False when the host has no such
 * function. Envoy: each change of a request's header does so by itself, unless its allow_on_headers… settings say otherwise.
 */
export function clearRouteCache(): bool {
  return callForeignFunction('clear_route_cache', sliceOf(request, 0, 0)) != null;
}
