import type { Fields } from './fields.js';
import { readHeader } from './match.js';
import type { RetryPlan } from './plan.js';

const PREVIOUS_HOSTS = 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate';
const PREVIOUS_PRIORITIES =
  'type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig';
const RETRY_ON = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];

export function readRetry(fields: Fields): RetryPlan {
  // How long a retry waits is random in Envoy; here it goes at once.
  fields.ignore('retry_back_off');
  if (fields.has('retry_priority')) checkPriority(fields.message('retry_priority'));
  const on = fields
    .text('retry_on')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  for (const word of on)
    if (!RETRY_ON.includes(word)) fields.problem(`"${word}" is not supported by the gateway`, 'retry_on');
  const plan: RetryPlan = {
    on: new Set(on),
    statuses: fields.list('retriable_status_codes').map(Number),
    headers: fields.messages('retriable_headers').map(readHeader),
    requestHeaders: fields.messages('retriable_request_headers').map(readHeader),
    retriesMax: fields.count('num_retries', 1),
    perTryTimeoutMs: fields.durationMs('per_try_timeout', 0),
    avoidsPrevious: readHostPredicates(fields),
    // Envoy: 0 is the default as well.
    hostChoicesMax: fields.count('host_selection_retry_max_attempts', 1) || 1,
  };
  fields.done();
  return plan;
}

/** Where all endpoints have the one priority that the gateway knows, none can be preferred to it. */
function checkPriority(priority: Fields): void {
  const config = priority.ignore('name').message('typed_config').ignore('update_frequency');
  if (config.any('@type') !== PREVIOUS_PRIORITIES) config.problem('is not supported by the gateway', '@type');
  config.done();
  priority.done();
}

/** True where a retry is to go to an endpoint that has not been tried. */
function readHostPredicates(fields: Fields): boolean {
  const predicates = fields.messages('retry_host_predicate');
  for (const predicate of predicates) {
    const config = predicate.ignore('name').message('typed_config');
    if (config.any('@type') !== PREVIOUS_HOSTS) config.problem('is not supported by the gateway', '@type');
    config.done();
    predicate.done();
  }
  return predicates.length > 0;
}
