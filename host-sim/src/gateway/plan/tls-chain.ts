import type { Fields } from './fields.js';
import type { ListenerBase, TlsChainPlan } from './plan.js';
import { readTcp } from './tcp.js';

const TLS_INSPECTOR = 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector';

/** Whether a listener looks for TLS: the one listener filter that the gateway plays. */
export function readInspector(fields: Fields): boolean {
  const filters = fields.messages('listener_filters');
  for (const filter of filters) {
    const config = filter.ignore('name').message('typed_config');
    if (config.any('@type') !== TLS_INSPECTOR) filter.problem('is not supported by the gateway', 'typed_config');
    config.done();
    filter.done();
  }
  // The gateway waits for as long as the client likes.
  if (filters.length > 0) fields.ignore('listener_filters_timeout', 'continue_on_listener_filters_timeout');
  return filters.length > 0;
}

/** What a chain asks of its connections: only the transport. */
export function readTransport(chain: Fields, transport: 'raw_buffer' | 'tls'): Fields {
  const match = chain.message('filter_chain_match');
  if (match.text('transport_protocol') !== transport)
    match.problem(
      `must be ${transport} here; no other order of chains is supported by the gateway`,
      'transport_protocol',
    );
  if (transport === 'raw_buffer') match.done();
  return match;
}

/** A chain of connections that are not opened, beside the one of HTTP. */
export function readTlsChain(chain: Fields, listener: ListenerBase): TlsChainPlan {
  const match = readTransport(chain, 'tls');
  const serverNames = match.list('server_names').map((name) => String(name).toLowerCase());
  if (serverNames.length === 0) match.problem('must name some servers', 'server_names');
  match.done();
  const filterChainName = chain.text('name');
  const networkFilters = chain.messages('filters');
  if (networkFilters.length !== 1) chain.problem('must be a TCP proxy alone beside HTTP', 'filters');
  const tcp = readTcp(chain, networkFilters, {});
  chain.done();
  return { serverNames, tcp: { ...listener, kind: 'tcp', filterChainName, ...tcp } };
}
