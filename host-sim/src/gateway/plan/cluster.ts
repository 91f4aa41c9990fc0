import type { Fields } from './fields.js';
import type { ClusterPlan, Endpoint } from './plan.js';

const CONNECT_TIMEOUT_DEFAULT_MS = 5000;
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export function readCluster(fields: Fields): ClusterPlan {
  // Names and addresses are resolved at each connection, which is what the DNS types come to.
  const type = fields.choice('type', ['STATIC', 'STRICT_DNS', 'LOGICAL_DNS'], 'STATIC');
  const policy = fields.choice('lb_policy', ['ROUND_ROBIN', 'RANDOM'], 'ROUND_ROBIN');
  // How much waits for a side that reads slowly, how often a name is asked for, what keeps an idle connection or how many
  // requests it carries: none of it changes an answer. Nor do panics, where every endpoint is healthy.
  fields.ignore(
    'alt_stat_name',
    'dns_lookup_family',
    'dns_refresh_rate',
    'respect_dns_ttl',
    'upstream_connection_options',
  );
  fields.ignore('per_connection_buffer_limit_bytes', 'max_requests_per_connection', 'ignore_health_on_host_removal');
  fields.message('common_lb_config').ignore('healthy_panic_threshold', 'update_merge_window').done();
  const breakers = fields.message('circuit_breakers');
  breakers.messages('thresholds').forEach(checkThreshold);
  breakers.done();
  const assignment = fields.message('load_assignment').ignore('cluster_name');
  const endpoints = assignment.messages('endpoints').flatMap(readLocality);
  if (type === 'LOGICAL_DNS' && endpoints.length !== 1)
    assignment.problem('must be exactly one where the type is LOGICAL_DNS', 'endpoints');
  const extensions = fields.message('typed_extension_protocol_options');
  const http2 = extensions.has(HTTP_OPTIONS) && readProtocol(extensions.message(HTTP_OPTIONS));
  extensions.done();
  assignment.done();
  const plan = {
    name: fields.text('name'),
    connectTimeoutMs: fields.durationMs('connect_timeout', CONNECT_TIMEOUT_DEFAULT_MS),
    http2,
    random: policy === 'RANDOM',
    endpoints,
  };
  fields.done();
  return plan;
}

/** Envoy's word for no limit; a limit that is left out is 1024 to it. */
const UNLIMITED = 2 ** 32 - 1;

/** The gateway counts no connections and no calls in flight. */
function checkThreshold(threshold: Fields): void {
  for (const limit of ['max_connections', 'max_pending_requests', 'max_requests', 'max_retries'])
    if (threshold.count(limit, UNLIMITED) < UNLIMITED)
      threshold.problem('is a limit, which the gateway does not keep', limit);
  threshold.done();
}

/** Where they are and how much each place weighs is for policies that the gateway refuses. */
function readLocality(locality: Fields): Endpoint[] {
  locality.ignore('locality', 'load_balancing_weight');
  if (locality.count('priority', 0) > 0)
    locality.problem('only 0 is supported by the gateway, which knows no unhealthy endpoints', 'priority');
  const endpoints = locality.messages('lb_endpoints').map(readEndpoint);
  locality.done();
  return endpoints;
}

/** True for HTTP/2. */
function readProtocol(options: Fields): boolean {
  // When an idle or well-used connection is replaced changes no answer.
  options
    .message('common_http_protocol_options')
    .ignore('idle_timeout', 'max_connection_duration', 'max_requests_per_connection')
    .done();
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
  fields.choice('health_status', ['UNKNOWN', 'HEALTHY'], 'UNKNOWN');
  // The name is for rewrites of the host, which are refused.
  const endpoint = fields.message('endpoint').ignore('hostname');
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
