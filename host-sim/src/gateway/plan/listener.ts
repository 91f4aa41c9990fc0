import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { BODY_BUFFER_BYTES_MAX } from '../../limits.js';
import type { Fields } from './fields.js';
import { readFilters } from './filter.js';
import { readUpgrades } from './forward.js';
import { readLevel } from './level.js';
import { readString } from './match.js';
import type { ListenerPlan, TcpListenerPlan, TextMatch, VirtualHostPlan } from './plan.js';
import { readRoute } from './route.js';
import { readTcp } from './tcp.js';
import { readInspector, readTlsChain, readTransport } from './tls-chain.js';

const DIRECTIONS = ['UNSPECIFIED', 'INBOUND', 'OUTBOUND'] as const;
/** Envoy's own, where none is written. */
const STREAM_IDLE_TIMEOUT_DEFAULT_MS = 300_000;
const EARLY_MUTATION =
  'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation';
const CONNECTION_MANAGER =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

export function readListener(fields: Fields, env: Record<string, string | undefined>): ListenerPlan | TcpListenerPlan {
  fields.ignore('stat_prefix', 'enable_reuse_port');
  const name = fields.text('name');
  const direction = DIRECTIONS.indexOf(fields.choice('traffic_direction', DIRECTIONS, 'UNSPECIFIED'));
  const address = fields.message('address');
  const socket = address.message('socket_address').ignore('protocol');
  const where = { address: socket.text('address'), port: socket.count('port_value', 0) };
  const bufferLimitBytes = fields.count('per_connection_buffer_limit_bytes', BODY_BUFFER_BYTES_MAX);
  const inspected = readInspector(fields);
  const [chain = fields.message('filter_chains'), ...others] = fields.messages('filter_chains');
  if (!chain.has('filters') || (others.length > 0 && !inspected))
    fields.problem('must be exactly one filter chain, or a TLS inspector must tell them apart', 'filter_chains');
  if (inspected) readTransport(chain, 'raw_buffer');
  const filterChainName = chain.text('name');
  const networkFilters = chain.messages('filters');
  const [first] = networkFilters;
  const http = first?.message('typed_config').any('@type') === CONNECTION_MANAGER;
  if (http && networkFilters.length > 1)
    chain.problem('nothing may stand beside an HTTP connection manager', 'filters');
  for (const part of [chain, socket, address, fields]) part.done();
  const base = { name, ...where, direction, filterChainName, bufferLimitBytes };
  if (!http || !first) {
    if (inspected) fields.problem('must begin with a chain of an HTTP connection manager', 'filter_chains');
    return { ...base, kind: 'tcp', ...readTcp(chain, networkFilters, env) };
  }
  const manager = first.message('typed_config');
  first.ignore('name').done();
  const tls = inspected ? others.map((other) => readTlsChain(other, base)) : undefined;
  return { ...base, kind: 'http', tls, ...readManager(manager, env) };
}

function readManager(fields: Fields, env: Record<string, string | undefined>) {
  fields.ignore('stat_prefix');
  fields.ignore('http2_protocol_options');
  const codec = fields.choice('codec_type', ['AUTO', 'HTTP1', 'HTTP2'] as const, 'AUTO');
  if (fields.count('xff_num_trusted_hops', 0) !== 0)
    fields.problem('only 0 is supported by the gateway', 'xff_num_trusted_hops');
  const routes = fields.message('route_config').ignore('name', 'max_direct_response_body_size_bytes');
  const plan = {
    connection: {
      useRemoteAddress: fields.flag('use_remote_address'),
      skipXffAppend: fields.flag('skip_xff_append'),
      preserveExternalRequestId: fields.flag('preserve_external_request_id'),
      normalizePath: fields.flag('normalize_path'),
      mergeSlashes: fields.flag('merge_slashes'),
      stripTrailingHostDot: fields.flag('strip_trailing_host_dot'),
      escapedSlashes: fields.choice(
        'path_with_escaped_slashes_action',
        ['KEEP_UNCHANGED', 'REJECT_REQUEST'] as const,
        'KEEP_UNCHANGED',
      ),
      internal: readInternal(fields),
      serverName: fields.text('server_name', 'envoy'),
      localAddress: ownAddress(),
    },
    codec,
    trailers: readTrailers(fields),
    requestHeadersTimeoutMs: fields.durationMs('request_headers_timeout', 0),
    requestTimeoutMs: fields.durationMs('request_timeout', 0),
    streamIdleTimeoutMs: fields.durationMs('stream_idle_timeout', STREAM_IDLE_TIMEOUT_DEFAULT_MS),
    underscores: readUnderscores(fields),
    earlyRemovals: readEarlyRemovals(fields),
    ignorePort: routes.flag('ignore_port_in_host_matching'),
    validateClusters: routes.flag('validate_clusters', true),
    virtualHosts: routes.messages('virtual_hosts').map(readVirtualHost),
    level: readLevel(routes),
    narrowestLevelWins: routes.flag('most_specific_header_mutations_wins'),
    upgrades: readUpgrades(fields),
    filters: readFilters(fields, env),
  };
  if (!plan.connection.useRemoteAddress)
    fields.problem(
      'false is not supported by the gateway: the client could write its own address',
      'use_remote_address',
    );
  routes.done();
  fields.done();
  return plan;
}

/** Connections without a request are kept as long as the client likes: the idle timeout of connections changes no answer. */
function readUnderscores(fields: Fields): ListenerPlan['underscores'] {
  const options = fields.message('common_http_protocol_options').ignore('idle_timeout');
  const action = options.choice(
    'headers_with_underscores_action',
    ['ALLOW', 'DROP_HEADER', 'REJECT_REQUEST'] as const,
    'ALLOW',
  );
  options.done();
  return action;
}

function readEarlyRemovals(fields: Fields): TextMatch[] {
  return fields.messages('early_header_mutation_extensions').flatMap((extension) => {
    const config = extension.ignore('name').message('typed_config');
    if (config.any('@type') !== EARLY_MUTATION) config.problem('is not supported by the gateway', '@type');
    const removals = config.messages('mutations').map((mutation) => {
      const name = mutation.message('remove_on_match');
      const matches = readString(name.message('key_matcher'));
      name.done();
      mutation.done();
      return matches;
    });
    config.done();
    extension.done();
    return removals;
  });
}

function readTrailers(fields: Fields): boolean {
  const options = fields.message('http_protocol_options');
  const kept = options.flag('enable_trailers');
  options.done();
  return kept;
}

function readInternal(fields: Fields): BlockList {
  const internal = new BlockList();
  const config = fields.message('internal_address_config').ignore('unix_sockets');
  if (!fields.has('internal_address_config'))
    fields.problem('must be given: its default differs between versions of Envoy', 'internal_address_config');
  for (const range of config.messages('cidr_ranges')) {
    const address = range.text('address_prefix');
    if (isIP(address) === 0) range.problem('is not an address', 'address_prefix');
    else internal.addSubnet(address, range.count('prefix_len', 0), isIP(address) === 6 ? 'ipv6' : 'ipv4');
    range.ignore('prefix_len').done();
  }
  config.done();
  return internal;
}

function readVirtualHost(fields: Fields): VirtualHostPlan {
  const plan = {
    name: fields.text('name'),
    domains: fields.list('domains').map(String),
    routes: fields.messages('routes').map(readRoute),
    level: readLevel(fields),
  };
  fields.done();
  return plan;
}

/** What Envoy takes for the node's own address: the first IPv4 of an interface that is not loopback. */
function ownAddress(): string {
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found) return found.address;
  }
  return '127.0.0.1';
}
