import type { ConsistentHash } from '@tollgate/model';
import { isHttp } from '../callees.js';
import { seconds } from '../duration.js';
import type { ClusterFeature } from '../feature.js';
import { httpOptions } from './http-options.js';

/**
 * By what of a call its instance is chosen. It stands with the cluster and not with the routes to it: a route can lead to
 * several, each with a hash of its own, and a rule that changes touches no route.
 */
export const hashPolicy: ClusterFeature = ({ policy, port }) => {
  const hash = policy?.loadBalancer?.consistentHash;
  if (!hash || !isHttp(port)) return undefined;
  return httpOptions({ hash_policy: [keyOf(hash)] });
};

function keyOf({ httpHeaderName, httpCookie, httpQueryParameterName }: ConsistentHash) {
  if (httpHeaderName !== undefined) return { header: { header_name: httpHeaderName } };
  if (httpQueryParameterName !== undefined) return { query_parameter: { name: httpQueryParameterName } };
  if (httpCookie === undefined) return { connection_properties: { source_ip: true } };
  const { name, path, ttl, attributes } = httpCookie;
  return {
    cookie: {
      name,
      ...(path === undefined ? {} : { path }),
      ...(ttl === undefined ? {} : { ttl: seconds(ttl) }),
      ...(attributes === undefined ? {} : { attributes }),
    },
  };
}
