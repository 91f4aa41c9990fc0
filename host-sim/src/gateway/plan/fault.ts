import type { Fields } from './fields.js';
import { readFraction } from './fraction.js';
import { readHeader } from './match.js';
import type { FaultPlan } from './plan.js';

const GRPC_STATUS_MAX = 16;

/** What the fault filter does to requests, of a filter or a route. */
export function readFault(fields: Fields): FaultPlan {
  const plan: FaultPlan = {
    headers: fields.messages('headers').map(readHeader),
    upstreamCluster: fields.text('upstream_cluster'),
    ...(fields.has('delay') ? { delay: readDelay(fields.message('delay')) } : {}),
    ...(fields.has('abort') ? { abort: readAbort(fields.message('abort')) } : {}),
  };
  fields.done();
  return plan;
}

function readDelay(fields: Fields): NonNullable<FaultPlan['delay']> {
  if (!fields.has('fixed_delay')) fields.problem('must have a fixed_delay; no other is supported by the gateway');
  const delay = { ms: fields.durationMs('fixed_delay', 0), part: readFraction(fields.message('percentage')).part };
  fields.done();
  return delay;
}

function readAbort(fields: Fields): NonNullable<FaultPlan['abort']> {
  const grpc = fields.has('grpc_status');
  if (grpc === fields.has('http_status'))
    fields.problem('must have either http_status or grpc_status; no other is supported by the gateway');
  const { part } = readFraction(fields.message('percentage'));
  const status = fields.count(grpc ? 'grpc_status' : 'http_status', 200);
  if (grpc && status > GRPC_STATUS_MAX) fields.problem(`must be at most ${GRPC_STATUS_MAX}`, 'grpc_status');
  if (!grpc && (status < 200 || status > 599)) fields.problem('must be 200 to 599', 'http_status');
  fields.done();
  return { part, grpc, status };
}
