import { policiesOf } from '@tollgate/model';
import { z } from 'zod';
import type { PolicySnapshot } from '../store/policy-store.js';
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
    const { model, version } = snapshot();
    const policies = [...policiesOf(model), ...model.requestAuthentication].map(
      ({ kind, namespace, name, file, labels, spec }) => ({
        kind,
        namespace,
        name,
        file,
        labels,
        spec,
      }),
    );
    return { version, policies };
  });
}
