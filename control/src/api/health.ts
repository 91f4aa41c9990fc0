import { formatMistake, type PolicySnapshot } from '@tollgate/policies';
import { z } from 'zod';
import type { Api } from './api.js';

const readyShape = z.object({
  /** `degraded`: a file is wrong, its last good version is in force. `unavailable`: a file has no good version yet. */
  status: z.enum(['ready', 'degraded', 'unavailable']),
  version: z.string(),
  files: z.array(z.object({ file: z.string(), lastGood: z.boolean(), mistakes: z.array(z.string()) })),
});

export function healthRoutes(api: Api, snapshot: () => PolicySnapshot): void {
  api.get(
    '/healthz',
    { schema: { summary: 'The process lives', response: { 200: z.object({ status: z.literal('ok') }) } } },
    () => ({ status: 'ok' as const }),
  );
  api.get(
    '/readyz',
    {
      schema: {
        summary: 'Whether every policy file is in force, and why not',
        response: { 200: readyShape, 503: readyShape },
      },
    },
    (_request, reply) => {
      const { held, version } = snapshot();
      const files = held.map(({ file, lastGood, mistakes }) => ({
        file,
        lastGood,
        mistakes: mistakes.map(formatMistake),
      }));
      const unavailable = held.some(({ lastGood }) => !lastGood);
      const status = unavailable ? 'unavailable' : held.length > 0 ? 'degraded' : 'ready';
      reply.code(unavailable ? 503 : 200);
      return { status, version, files } as const;
    },
  );
}
