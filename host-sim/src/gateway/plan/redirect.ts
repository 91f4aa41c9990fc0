import type { Fields } from './fields.js';
import type { RedirectPlan } from './plan.js';
import { readRewrite } from './rewrite.js';

const STATUS: Record<string, number> = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

export function readRedirect(fields: Fields, matched: string | undefined): RedirectPlan {
  const code = fields.choice('response_code', Object.keys(STATUS), 'MOVED_PERMANENTLY');
  const scheme = fields.flag('https_redirect') ? 'https' : fields.text('scheme_redirect');
  const host = fields.bytes('host_redirect');
  const path = fields.bytes('path_redirect');
  const rewrite = readRewrite(fields, matched);
  const plan: RedirectPlan = {
    kind: 'redirect',
    status: STATUS[code] ?? 301,
    ...(scheme === '' ? {} : { scheme }),
    ...(host === '' ? {} : { host }),
    ...(fields.has('port_redirect') ? { port: fields.count('port_redirect', 0) } : {}),
    ...(path === '' ? {} : { path }),
    ...(rewrite ? { rewrite } : {}),
    stripQuery: fields.flag('strip_query'),
  };
  fields.done();
  return plan;
}
