import { z } from 'zod';
import { canonicalPath } from './canonical-path.js';
import { port, positiveDuration } from './scalars.js';
import { object, written } from './schema.js';

/** In the form in which the proxy of the instance sees it; a query stays as it is. */
const path = z.string(written('a path such as /healthz')).transform((text, context) => {
  const mark = text.indexOf('?');
  const made = canonicalPath(mark < 0 ? text : text.slice(0, mark));
  const query = mark < 0 ? '' : text.slice(mark);
  if (text.startsWith('/') && made !== undefined && /^[\x21\x24-\x7e]*$/.test(query)) return made + query;
  context.addIssue({ code: 'custom', message: `"${text}" is not a path, write for example /healthz` });
  return z.NEVER;
});

const times = z.int().min(1).max(1000);

/** How the proxies find out which instances answer, before a call has to. */
export const healthCheck = object({
  path: path.optional(),
  interval: positiveDuration.prefault('10s'),
  timeout: positiveDuration.prefault('1s'),
  healthy: times.default(2),
  unhealthy: times.default(3),
  /** Where an instance answers, if not where its calls go. */
  port: port.optional(),
});
export type HealthCheck = z.output<typeof healthCheck>;

interface Checked {
  ports: { name: string; protocol: string }[];
  healthCheck?: HealthCheck | undefined;
}

/** HTTP is asked for a path, of which plain TCP knows nothing; gRPC has a health service of its own. */
export function checkedPorts({ ports, healthCheck }: Checked, context: z.RefinementCtx): void {
  if (!healthCheck) return;
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const http = ports.find(({ protocol }) => protocol === 'HTTP' || protocol === 'HTTP2');
  if (http && healthCheck.path === undefined)
    refuse(['healthCheck'], `has no path for the port "${http.name}", write for example path: /healthz`);
  if (healthCheck.path !== undefined && ports.every(({ protocol }) => protocol === 'TCP'))
    refuse(
      ['healthCheck', 'path'],
      'plain TCP has no paths: leave it out, then a connection that is accepted is enough',
    );
}
