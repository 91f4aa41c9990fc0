import { type Fault, grpcStatusNames } from '@tollgate/model';
import { any } from '../../types.js';
import { seconds } from '../duration.js';
import type { RouteFeature } from '../feature.js';
import { fraction } from './fraction.js';

/** Shares of calls that are held up, or answered in the service's place. Each of the two is drawn by itself. */
export const fault: RouteFeature = ({ http: { fault } }) => {
  if (!fault) return undefined;
  const config = any('envoy.extensions.filters.http.fault.v3.HTTPFault', {
    ...(fault.delay ? { delay: delayOf(fault.delay) } : {}),
    ...(fault.abort ? { abort: abortOf(fault.abort) } : {}),
  });
  return { typed_per_filter_config: { 'envoy.filters.http.fault': config } };
};

/** Without a share no call is meant. */
function delayOf({ percentage, percent = 0, fixedDelay }: NonNullable<Fault['delay']>) {
  return { fixed_delay: seconds(fixedDelay), percentage: fraction(percentage?.value ?? percent) };
}

function abortOf({ percentage, httpStatus, grpcStatus }: NonNullable<Fault['abort']>) {
  const status =
    grpcStatus === undefined ? { http_status: httpStatus } : { grpc_status: grpcStatusNames.indexOf(grpcStatus) };
  return { ...status, percentage: fraction(percentage?.value ?? 0) };
}
