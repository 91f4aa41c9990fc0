/**
 * Envoy's configuration as canonical protobuf JSON, with the field names of Envoy's documentation. Plain objects: what the
 * compiler makes is what Envoy, the simulator and a reader see, and making it costs no protobuf run time. Only types come from
 * the generated code; the tests read every emitted configuration back through the generated messages.
 */
import type { BootstrapJson } from '../gen/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { ClusterJson } from '../gen/envoy/config/cluster/v3/cluster_pb.js';
import type { Http2ProtocolOptionsJson } from '../gen/envoy/config/core/v3/protocol_pb.js';
import type { ListenerJson } from '../gen/envoy/config/listener/v3/listener_pb.js';
import type { VirtualHostJson } from '../gen/envoy/config/route/v3/route_components_pb.js';
import type { RouterJson } from '../gen/envoy/extensions/filters/http/router/v3/router_pb.js';
import type { WasmJson } from '../gen/envoy/extensions/filters/http/wasm/v3/wasm_pb.js';
import type {
  HttpConnectionManagerJson,
  HttpFilterJson,
} from '../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { HeaderMutationJson } from '../gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.js';
import type { DownstreamConnectionsConfigJson } from '../gen/envoy/extensions/resource_monitors/downstream_connections/v3/downstream_connections_pb.js';
import type { UpstreamTlsContextJson } from '../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import type { HttpProtocolOptionsJson } from '../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';

export type Bootstrap = BootstrapJson;
export type Cluster = ClusterJson;
export type Listener = ListenerJson;
export type HttpFilter = HttpFilterJson;
export type VirtualHost = VirtualHostJson;
export type Http2Options = Http2ProtocolOptionsJson;
export type EarlyMutation = NonNullable<HttpConnectionManagerJson['early_header_mutation_extensions']>[number];

/** The messages that stand in an `Any` of ours. */
interface AnyMessages {
  'envoy.extensions.filters.http.router.v3.Router': RouterJson;
  'envoy.extensions.filters.http.wasm.v3.Wasm': WasmJson;
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': HttpConnectionManagerJson;
  'envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation': HeaderMutationJson;
  'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig': DownstreamConnectionsConfigJson;
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': UpstreamTlsContextJson;
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': HttpProtocolOptionsJson;
  'google.protobuf.StringValue': { value: string };
}

/** Packs a message into an `Any`, checked against the message's type. */
export function any<Name extends keyof AnyMessages>(name: Name, message: AnyMessages[Name]): { '@type': string } {
  return { '@type': `type.googleapis.com/${name}`, ...message };
}
