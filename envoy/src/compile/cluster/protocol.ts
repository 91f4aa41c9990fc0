import { isHttp2, type Protocol } from '@tollgate/model';
import type { Http2Options } from '../../types.js';
import { isHttp } from '../callees.js';
import { seconds } from '../duration.js';
import type { ClusterContext, ClusterFeature } from '../feature.js';
import { windows } from '../http2.js';
import { httpOptions } from './http-options.js';

/** Which HTTP the instances speak: what the port says, without asking them, or what a DestinationRule makes of it. */
export const protocol: ClusterFeature = (context) => {
  if (!isHttp(context.port)) return undefined;
  const http2_protocol_options = http2Options(context);
  if (context.policy?.connectionPool?.http?.useClientProtocol)
    return httpOptions({ use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options } });
  const explicit_http_config = speaksHttp2(context) ? { http2_protocol_options } : { http_protocol_options: {} };
  return httpOptions({ explicit_http_config });
};

/** Whether all calls go on in HTTP/2. */
export function speaksHttp2({ port, policy }: ClusterContext): boolean {
  const { h2UpgradePolicy, useClientProtocol = false } = policy?.connectionPool?.http ?? {};
  return !useClientProtocol && (isHttp2(port.protocol as Protocol) || h2UpgradePolicy === 'UPGRADE');
}

function http2Options({ policy, node }: ClusterContext): Http2Options {
  const { maxConcurrentStreams = 0, http2KeepAlive } = policy?.connectionPool?.http ?? {};
  return {
    ...windows(node.http2),
    ...(maxConcurrentStreams > 0 ? { max_concurrent_streams: maxConcurrentStreams } : {}),
    ...(http2KeepAlive
      ? {
          connection_keepalive: {
            interval: seconds(http2KeepAlive.interval),
            timeout: seconds(http2KeepAlive.timeout),
          },
        }
      : {}),
  };
}
