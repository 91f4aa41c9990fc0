/**
 * Envoy's configuration as canonical protobuf JSON, with the field names of Envoy's documentation. Plain objects: what the
 * compiler makes is what Envoy, the simulator and a reader see, and making it costs no protobuf run time. Only types come from
 * the generated code; the tests read every emitted configuration back through the generated messages.
 */
import type { BootstrapJson } from '../gen/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { ClusterJson } from '../gen/envoy/config/cluster/v3/cluster_pb.js';
import type { LocalityJson } from '../gen/envoy/config/core/v3/base_pb.js';
import type { TypedExtensionConfigJson } from '../gen/envoy/config/core/v3/extension_pb.js';
import type { Http2ProtocolOptionsJson } from '../gen/envoy/config/core/v3/protocol_pb.js';
import type { ClusterLoadAssignmentJson } from '../gen/envoy/config/endpoint/v3/endpoint_pb.js';
import type { FilterChainJson } from '../gen/envoy/config/listener/v3/listener_components_pb.js';
import type { ListenerJson } from '../gen/envoy/config/listener/v3/listener_pb.js';
import type { FilterConfigJson, RouteJson, VirtualHostJson } from '../gen/envoy/config/route/v3/route_components_pb.js';
import type { RouteConfigurationJson } from '../gen/envoy/config/route/v3/route_pb.js';
import type { CorsJson, CorsPolicyJson } from '../gen/envoy/extensions/filters/http/cors/v3/cors_pb.js';
import type { HTTPFaultJson } from '../gen/envoy/extensions/filters/http/fault/v3/fault_pb.js';
import type { HeaderMutationJson as HttpHeaderMutationJson } from '../gen/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.js';
import type { HealthCheckJson } from '../gen/envoy/extensions/filters/http/health_check/v3/health_check_pb.js';
import type { RouterJson } from '../gen/envoy/extensions/filters/http/router/v3/router_pb.js';
import type { WasmJson } from '../gen/envoy/extensions/filters/http/wasm/v3/wasm_pb.js';
import type { TlsInspectorJson } from '../gen/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js';
import type {
  HttpConnectionManagerJson,
  HttpFilterJson,
} from '../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { TcpProxyJson } from '../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js';
import type { WasmJson as NetworkWasmJson } from '../gen/envoy/extensions/filters/network/wasm/v3/wasm_pb.js';
import type { HeaderMutationJson } from '../gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.js';
import type { LeastRequestJson } from '../gen/envoy/extensions/load_balancing_policies/least_request/v3/least_request_pb.js';
import type { MaglevJson } from '../gen/envoy/extensions/load_balancing_policies/maglev/v3/maglev_pb.js';
import type { RandomJson } from '../gen/envoy/extensions/load_balancing_policies/random/v3/random_pb.js';
import type { RingHashJson } from '../gen/envoy/extensions/load_balancing_policies/ring_hash/v3/ring_hash_pb.js';
import type { RoundRobinJson } from '../gen/envoy/extensions/load_balancing_policies/round_robin/v3/round_robin_pb.js';
import type { DownstreamConnectionsConfigJson } from '../gen/envoy/extensions/resource_monitors/downstream_connections/v3/downstream_connections_pb.js';
import type { PreviousHostsPredicateJson } from '../gen/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.js';
import type { PreviousPrioritiesConfigJson } from '../gen/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb.js';
import type { UpstreamTlsContextJson } from '../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import type { HttpProtocolOptionsJson } from '../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';

export type Bootstrap = BootstrapJson;
export type Cluster = ClusterJson;
export type Listener = ListenerJson;
export type PluginConfig = NonNullable<WasmJson['config']>;
export type Locality = LocalityJson;
export type HttpFilter = HttpFilterJson;
export type ConnectionManager = HttpConnectionManagerJson;
export type Endpoints = ClusterLoadAssignmentJson;
export type FilterChain = FilterChainJson;
export type FilterExtension = TypedExtensionConfigJson;
export type Route = RouteJson;
export type RouteConfiguration = RouteConfigurationJson;
export type TcpProxy = TcpProxyJson;
export type VirtualHost = VirtualHostJson;
export type Http2Options = Http2ProtocolOptionsJson;
export type HttpOptions = HttpProtocolOptionsJson;
export type EarlyMutation = NonNullable<HttpConnectionManagerJson['early_header_mutation_extensions']>[number];

/** The messages that stand in an `Any` of ours. */
interface AnyMessages {
  'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation': HttpHeaderMutationJson;
  'envoy.config.route.v3.FilterConfig': FilterConfigJson;
  'envoy.extensions.filters.http.health_check.v3.HealthCheck': HealthCheckJson;
  'envoy.extensions.filters.http.router.v3.Router': RouterJson;
  'envoy.extensions.filters.http.wasm.v3.Wasm': WasmJson;
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': HttpConnectionManagerJson;
  'envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation': HeaderMutationJson;
  'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig': DownstreamConnectionsConfigJson;
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': UpstreamTlsContextJson;
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': HttpProtocolOptionsJson;
  'envoy.extensions.filters.http.cors.v3.Cors': CorsJson;
  'envoy.extensions.filters.http.cors.v3.CorsPolicy': CorsPolicyJson;
  'envoy.extensions.filters.http.fault.v3.HTTPFault': HTTPFaultJson;
  'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector': TlsInspectorJson;
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy': TcpProxyJson;
  'envoy.extensions.filters.network.wasm.v3.Wasm': NetworkWasmJson;
  'envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest': LeastRequestJson;
  'envoy.extensions.load_balancing_policies.maglev.v3.Maglev': MaglevJson;
  'envoy.extensions.load_balancing_policies.random.v3.Random': RandomJson;
  'envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash': RingHashJson;
  'envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin': RoundRobinJson;
  'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate': PreviousHostsPredicateJson;
  'envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig': PreviousPrioritiesConfigJson;
  'google.protobuf.StringValue': { value: string };
}

/** Packs a message into an `Any`, checked against the message's type. */
export function any<Name extends keyof AnyMessages>(name: Name, message: AnyMessages[Name]): { '@type': string } {
  return { '@type': `type.googleapis.com/${name}`, ...message };
}
