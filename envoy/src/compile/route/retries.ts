import type { Retries } from '@tollgate/model';
import { any } from '../../types.js';
import { seconds } from '../duration.js';
import type { RouteFeature } from '../feature.js';
import { isSentOn } from './sent-on.js';

/** How often another instance is looked for before one is tried a second time. */
const selectionsMax = 5;

/** Calls are tried again only where a document says so, and then at another instance. */
export const retries: RouteFeature = ({ http }) => {
  const { retries } = http;
  if (!retries || retries.attempts === 0 || !isSentOn(http)) return undefined;
  return {
    route: {
      retry_policy: {
        num_retries: retries.attempts,
        ...reasons(retries),
        ...(retries.perTryTimeout === undefined ? {} : { per_try_timeout: seconds(retries.perTryTimeout) }),
        ...(retries.backoff === undefined ? {} : { retry_back_off: { base_interval: seconds(retries.backoff) } }),
        ...(retries.retryIgnorePreviousHosts === false ? {} : anotherInstance),
        ...(retries.retryRemoteLocalities === true ? otherLocalities : {}),
        host_selection_retry_max_attempts: String(selectionsMax),
      },
    },
  };
};

function reasons({ conditions, statuses }: Retries) {
  const word = 'retriable-status-codes';
  const named = statuses.length > 0 && !conditions.includes(word) ? [...conditions, word] : conditions;
  return {
    retry_on: named.join(','),
    ...(statuses.length > 0 ? { retriable_status_codes: statuses } : {}),
  };
}

const anotherInstance = {
  retry_host_predicate: [
    {
      name: 'envoy.retry_host_predicates.previous_hosts',
      typed_config: any('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate', {}),
    },
  ],
};

/** Every second retry looks at the localities anew, without those that were tried. */
const otherLocalities = {
  retry_priority: {
    name: 'envoy.retry_priorities.previous_priorities',
    typed_config: any('envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig', {
      update_frequency: 2,
    }),
  },
};
