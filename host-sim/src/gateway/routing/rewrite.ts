import type { HeaderMap } from '../../http/header-map.js';
import type { PathRewrite } from '../plan/plan.js';

/** The path goes on changed, and what it was beside it. */
export function rewritePath(headers: HeaderMap, rewrite: PathRewrite | undefined): void {
  if (!rewrite) return;
  const path = headers.first(':path') ?? '/';
  const rewritten = rewrite(path);
  if (rewritten === undefined) return;
  headers.set('x-envoy-original-path', path);
  headers.set(':path', rewritten);
}
