import type { HeaderMap } from '../../http/header-map.js';
import { type LocalReply, plainReply } from '../../http/local-reply.js';
import type { DirectPlan, FormatSource, RedirectPlan } from '../plan/plan.js';
import { rewritePath } from './rewrite.js';

const DEFAULT_PORTS: Record<string, string> = { http: ':80', https: ':443' };

/** Envoy's answer on a route that gives one itself. One of 201 or 3xx says where: at itself. */
export function directReply({ status, body, contentType }: DirectPlan, source: FormatSource): LocalReply {
  const { request: headers } = source;
  const reply = plainReply(status, 'direct_response', body(source));
  if (contentType !== undefined) return { ...reply, modify: (made) => made.set('content-type', contentType) };
  return status === 201 || (status >= 300 && status <= 399)
    ? { ...reply, headers: [['location', ownUrl(headers)]] }
    : reply;
}

function ownUrl(headers: HeaderMap): string {
  const scheme = headers.first('x-forwarded-proto') ?? 'http';
  return `${scheme}://${headers.first(':authority') ?? ''}${headers.first(':path') ?? '/'}`;
}

/** Envoy's answer on a route that redirects. */
export function redirectTo(plan: RedirectPlan, headers: HeaderMap): LocalReply {
  rewritePath(headers, plan.rewrite);
  const oldScheme = headers.first('x-forwarded-proto') ?? 'http';
  const scheme = plan.scheme ?? oldScheme;
  const given = headers.first(':authority') ?? '';
  const [, host = given, port = ''] = /^(.*?)(:\d+)?$/.exec(given) ?? [];
  // A port that is the old scheme's own would be wrong with the new one.
  const own = plan.scheme !== undefined && DEFAULT_PORTS[oldScheme] === port;
  const kept = own ? '' : port;
  const authority = `${plan.host ?? host}${plan.port ? `:${plan.port}` : plan.host === undefined ? kept : ''}`;
  const path = redirectPath(plan, headers.first(':path') ?? '/');
  const location = `${scheme}://${authority}${path.startsWith('/') ? '' : '/'}${path}`;
  return { ...plainReply(plan.status, 'direct_response'), headers: [['location', location]] };
}

function redirectPath(plan: RedirectPlan, path: string): string {
  const at = path.indexOf('?');
  const [bare, query] = at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)];
  const kept = plan.stripQuery ? '' : query;
  // A new path with a query of its own takes the old one's place.
  if (plan.path !== undefined) return plan.path.includes('?') ? plan.path : `${plan.path}${kept}`;
  return `${bare}${kept}`;
}
