import { z } from 'zod';
import { didYouMean } from '../near-word.js';
import { object, written } from '../schema.js';
import { positiveIstioDuration } from './scalars.js';

/** What Envoy can take for a reason to try again: of HTTP, and of gRPC. */
const conditions = [
  ...['5xx', 'gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'retriable-4xx', 'refused-stream'],
  ...['retriable-status-codes', 'retriable-headers', 'envoy-ratelimited', 'http3-post-connect-failure'],
  ...['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'],
];

/** Where `retries` does not say on what: Istio's own. */
const istioRetryOn = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'];

/** More is a mistake of writing: Istio itself takes any number. */
const attemptsMax = 1000;

const isStatus = (word: string) => /^[2-5]\d\d$/.test(word);

/** Words and statuses, with commas between them. */
const retryOn = z.string(written('conditions such as 5xx,connect-failure')).transform((text, context) => {
  const words = text.trim() === '' ? istioRetryOn : text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !isStatus(word) && !conditions.includes(word));
  if (unknown === undefined) return words;
  const hint = didYouMean(unknown, conditions) || `, write a status such as 503 or one of: ${conditions.join(', ')}`;
  context.addIssue({
    code: 'custom',
    message: `"${unknown}" is not a condition on which calls are tried again${hint}`,
  });
  return z.NEVER;
});

/** How often a call is tried again. `attempts: 0` says in so many words that it is not. */
export const retries = object({
  attempts: z.int().min(0).max(attemptsMax).default(0),
  perTryTimeout: positiveIstioDuration.optional(),
  retryOn: retryOn.optional(),
  retryRemoteLocalities: z.boolean().optional(),
  retryIgnorePreviousHosts: z.boolean().optional(),
  backoff: positiveIstioDuration.optional(),
})
  .superRefine(({ attempts, ...how }, context) => {
    const said = (['perTryTimeout', 'retryOn', 'retryRemoteLocalities'] as const).filter(
      (field) => how[field] !== undefined,
    );
    for (const field of attempts === 0 ? said : [])
      context.addIssue({
        code: 'custom',
        path: [field],
        message: 'has no effect with `attempts: 0`, write more attempts or leave it out',
      });
  })
  .transform(({ retryOn = istioRetryOn, ...rest }) => ({
    ...rest,
    conditions: retryOn.filter((word) => !isStatus(word)),
    statuses: retryOn.filter(isStatus).map(Number),
  }));
export type Retries = z.output<typeof retries>;
