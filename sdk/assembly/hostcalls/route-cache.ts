import { sliceOf } from '../bytes/slice';
import { request } from '../memory/request';
import { callForeignFunction } from './foreign-function';

/**
 * Has the host choose the route again, after a change of headers that routes match. False if the host has no such
 * function. Envoy does so by itself after each change of a request's header, unless its `allow_on_headers…` settings
 * say otherwise.
 */
export function clearRouteCache(): bool {
  return callForeignFunction('clear_route_cache', sliceOf(request, 0, 0)) != null;
}
