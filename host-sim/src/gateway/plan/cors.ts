import type { Fields } from './fields.js';
import { readRuntimeFraction } from './fraction.js';
import { readString } from './match.js';
import type { CorsPlan } from './plan.js';

/** What a route says of requests from other origins. What is not written is left to the next level. */
export function readCors(fields: Fields): CorsPlan {
  const optionalFlag = (name: string) => (fields.has(name) ? fields.flag(name) : undefined);
  const plan: CorsPlan = {
    origins: fields.messages('allow_origin_string_match').map(readString),
    methods: fields.bytes('allow_methods'),
    headers: fields.bytes('allow_headers'),
    exposed: fields.bytes('expose_headers'),
    maxAge: fields.bytes('max_age'),
    credentials: optionalFlag('allow_credentials'),
    privateNetwork: optionalFlag('allow_private_network_access'),
    forwardsOtherPreflights: optionalFlag('forward_not_matching_preflights'),
    enabledPart: fields.has('filter_enabled') ? readRuntimeFraction(fields.message('filter_enabled')).part : 1,
  };
  fields.done();
  return plan;
}
