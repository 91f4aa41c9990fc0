import { decides } from '@tollgate/model';
import type { PolicySnapshot } from '@tollgate/policies';
import { z } from 'zod';
import type { Api } from './api.js';

const policyShape = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  file: z.string(),
  labels: z.record(z.string(), z.string()),
  spec: z.unknown(),
});

/** The policies in force. Secrets stand in them as references only. */
export function policyRoutes(api: Api, snapshot: () => PolicySnapshot): void {
  const response = { 200: z.object({ version: z.string(), policies: z.array(policyShape) }) };
  api.get('/v1/policies', { schema: { summary: 'The policies in force', response } }, () => {
    const { model, sources, version } = snapshot();
    const policies = model.resources.filter(decides).map((resource) => {
      const { kind, namespace, name, labels, spec } = resource;
      return { kind, namespace, name, file: sources.of(resource).file, labels, spec };
    });
    return { version, policies };
  });
}
