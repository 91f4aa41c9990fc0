import type { Redirect } from '@tollgate/model';
import type { RouteFeature } from '../feature.js';

const codes: Record<number, 'MOVED_PERMANENTLY' | 'FOUND' | 'SEE_OTHER' | 'TEMPORARY_REDIRECT' | 'PERMANENT_REDIRECT'> =
  { 301: 'MOVED_PERMANENTLY', 302: 'FOUND', 303: 'SEE_OTHER', 307: 'TEMPORARY_REDIRECT', 308: 'PERMANENT_REDIRECT' };

/** The proxy sends the caller elsewhere. */
export const redirect: RouteFeature = ({ http: { redirect }, port }) => {
  if (!redirect) return undefined;
  const { uri, prefixRewrite, authority, scheme, redirectCode } = redirect;
  const number = portOf(redirect, port.number);
  return {
    redirect: {
      response_code: codes[redirectCode] ?? 'MOVED_PERMANENTLY',
      ...(uri === undefined ? {} : { path_redirect: uri }),
      ...(prefixRewrite === undefined ? {} : { prefix_rewrite: prefixRewrite }),
      ...(authority === undefined ? {} : { host_redirect: authority }),
      ...(scheme === undefined ? {} : { scheme_redirect: scheme }),
      ...(number === undefined ? {} : { port_redirect: number }),
    },
  };
};

/** A scheme's own port is not written. */
function portOf({ port, derivePort, scheme = 'http' }: Redirect, called: number): number | undefined {
  const number = derivePort === 'FROM_REQUEST_PORT' ? called : port;
  return number === (scheme === 'http' ? 80 : 443) ? undefined : number;
}
