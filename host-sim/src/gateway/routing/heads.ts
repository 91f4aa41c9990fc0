import type { HeaderMap } from '../../http/header-map.js';
import type { StreamInfo } from '../../http/stream-info.js';
import type { ForwardPlan, Level, ListenerPlan } from '../plan/plan.js';
import { changeHeaders } from './header-operations.js';
import { rewritePath } from './rewrite.js';
import type { ChosenRoute } from './routes.js';

/** In the order in which they are done. Envoy: the cluster's come first, whatever the order of the others. */
export function levelsOf({ levels, destination }: ChosenRoute, { narrowestLevelWins }: ListenerPlan): readonly Level[] {
  if (!narrowestLevelWins) return levels;
  const others = levels.filter((level) => level !== destination?.level).reverse();
  return destination ? [destination.level, ...others] : others;
}

/** What a route to an upstream does to the head of a request, behind the filters. */
export function prepareRequest(
  headers: HeaderMap,
  action: ForwardPlan,
  { destination }: ChosenRoute,
  levels: readonly Level[],
  info: StreamInfo,
): void {
  for (const level of levels) {
    changeHeaders(level.requestHeaders, headers, { info, request: headers });
    // Envoy: what a weighted cluster says of the host leaves no trace of the old one.
    if (level === destination?.level && destination.hostRewrite !== undefined)
      headers.set(':authority', destination.hostRewrite);
  }
  if (action.hostRewrite !== undefined) {
    const original = headers.first(':authority') ?? '';
    headers.set('x-envoy-original-host', original);
    if (action.appendForwardedHost && original !== '') headers.add('x-forwarded-host', original);
    headers.set(':authority', action.hostRewrite);
  }
  rewritePath(headers, action.rewrite);
}

/** What a route does to the head of an answer. */
export function changeResponse(response: HeaderMap, levels: readonly Level[], info: StreamInfo): void {
  const source = { info, request: info.requestHeaders, response };
  for (const { responseHeaders } of levels) changeHeaders(responseHeaders, response, source);
}
