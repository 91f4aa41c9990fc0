import type { FilterTarget } from '../filter-config/index.js';

/**
 * What policies need of the module. Envoy calls each callback that a module exports, at about 0.3 µs a call of a request,
 * whether or not it has anything to do: one that no policy of a plugin needs is left out of the plugin's module. A callback
 * that is not named here stays.
 */
const needs: Record<string, (target: FilterTarget) => boolean> = {
  // The upstream's time runs from the end of the request, which only a call that has a body pays for.
  proxy_on_request_body: breaks,
  proxy_on_request_trailers: breaks,
  // The limit's headers are added; the breaker hears how the call ended.
  proxy_on_response_headers: (target) => tellsLimits(target) || breaks(target),
  // The breaker hears of calls that ended without an answer.
  proxy_on_log: breaks,
  // A VM says that it lives, on which calls in flight depend; key sets are fetched when they are due.
  proxy_on_tick: (target) => countsFlights(target) || fetchesKeySets(target),
  proxy_on_http_call_response: fetchesKeySets,
  // A call in flight is over when its stream is.
  proxy_on_delete: countsFlights,
};

/**
 * The callbacks that a plugin with these targets does not need. The one plugin of a node need not be told which streams are
 * its own.
 */
export function unusedCallbacks(targets: readonly FilterTarget[], alone: boolean): Set<string> {
  const unused = Object.keys(needs).filter((callback) => !targets.some((target) => needs[callback]?.(target)));
  return new Set(alone ? [...unused, 'proxy_on_context_create'] : unused);
}

function breaks({ breaker }: FilterTarget): boolean {
  return breaker !== undefined;
}

function tellsLimits({ ratelimit = [] }: FilterTarget): boolean {
  return ratelimit.some(({ limits = [] }) => limits.some(({ headers }) => headers));
}

function countsFlights({ ratelimit = [] }: FilterTarget): boolean {
  return ratelimit.some(({ limits = [] }) => limits.some((limit) => 'concurrent' in limit));
}

function fetchesKeySets({ jwt = [] }: FilterTarget): boolean {
  return jwt.some(({ providers }) => providers.some(({ jwks }) => 'fetch' in jwks));
}
