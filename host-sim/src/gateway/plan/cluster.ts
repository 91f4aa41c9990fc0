import type { Fields } from './fields.js';
import type { ClusterPlan, Endpoint } from './plan.js';

const CONNECT_TIMEOUT_DEFAULT_MS = 5000;
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export function readCluster(fields: Fields): ClusterPlan {
  // Names and addresses are resolved at each connection, which is what STRICT_DNS comes to.
  fields.choice('type', ['STATIC', 'STRICT_DNS'], 'STATIC');
  fields.choice('lb_policy', ['ROUND_ROBIN'], 'ROUND_ROBIN');
  // How much waits for a side that reads slowly changes no answer.
  fields.ignore('alt_stat_name', 'dns_lookup_family', 'per_connection_buffer_limit_bytes');
  const assignment = fields.message('load_assignment').ignore('cluster_name');
  const endpoints = assignment.messages('endpoints').flatMap((locality) => {
    locality.ignore('locality');
    const list = locality.messages('lb_endpoints').map(readEndpoint);
    locality.done();
    return list;
  });
  const extensions = fields.message('typed_extension_protocol_options');
  const http2 = extensions.has(HTTP_OPTIONS) && readProtocol(extensions.message(HTTP_OPTIONS));
  extensions.done();
  assignment.done();
  const plan = {
    name: fields.text('name'),
    connectTimeoutMs: fields.durationMs('connect_timeout', CONNECT_TIMEOUT_DEFAULT_MS),
    http2,
    endpoints,
  };
  fields.done();
  return plan;
}

/** True for HTTP/2. */
function readProtocol(options: Fields): boolean {
  const explicit = options.message('explicit_http_config');
  const http2 = explicit.has('http2_protocol_options');
  // Windows and frame sizes change how bytes travel, not which.
  explicit.ignore('http2_protocol_options');
  const http1 = explicit.message('http_protocol_options');
  http1.flag('enable_trailers');
  http1.done();
  explicit.done();
  options.done();
  return http2;
}

function readEndpoint(fields: Fields): Endpoint {
  // Metadata is for subset load balancing, which is refused where a cluster asks for it.
  fields.ignore('metadata');
  const endpoint = fields.message('endpoint');
  const address = endpoint.message('address');
  const socket = address.message('socket_address').ignore('protocol');
  const plan = {
    address: socket.text('address'),
    port: socket.count('port_value', 0),
    weight: fields.count('load_balancing_weight', 1),
  };
  for (const part of [socket, address, endpoint, fields]) part.done();
  return plan;
}
