import { isHttp2, type Protocol } from '@tollgate/model';
import { any } from '../../types.js';
import { isHttp } from '../callees.js';
import type { ClusterFeature } from '../feature.js';
import { windows } from '../http2.js';

/** Which HTTP the instances speak: what the port says, without asking them. */
export const protocol: ClusterFeature = ({ port, node }) => {
  if (!isHttp(port)) return undefined;
  return {
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': any(
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          explicit_http_config: isHttp2(port.protocol as Protocol)
            ? { http2_protocol_options: windows(node.http2) }
            : { http_protocol_options: {} },
        },
      ),
    },
  };
};
