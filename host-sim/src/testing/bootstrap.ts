export interface BootstrapInput {
  wasm?: Uint8Array;
  endpoints: number[];
  port?: number;
  env?: string[];
  domains?: string[];
  /** The plugin's configuration. */
  config?: string;
  /** A second cluster, `callout`, at this port. */
  callout?: number;
  /** A third one, `grpc`, that speaks HTTP/2. */
  grpc?: number;
  /** The filter stands before a TCP proxy, not in an HTTP connection manager. */
  network?: boolean;
  /** Fields of the plugin, the HTTP/1 options and the listener beyond the usual. */
  plugin?: object;
  http1?: object;
  listener?: object;
}

/** A bootstrap in the shape that a compiler of policies writes. */
export function bootstrap({
  wasm,
  endpoints,
  port = 0,
  env = [],
  domains = ['*'],
  config = 'hello',
  ...more
}: BootstrapInput) {
  const type = (name: string) => `type.googleapis.com/${name}`;
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': type('envoy.extensions.filters.http.router.v3.Router') },
  };
  const filter = wasm && {
    name: 'tollgate.governance',
    typed_config: {
      '@type': type('envoy.extensions.filters.http.wasm.v3.Wasm'),
      config: {
        name: 'governance',
        failure_policy: 'FAIL_RELOAD',
        reload_config: { backoff: { base_interval: '0.1s', max_interval: '1s' } },
        vm_config: {
          vm_id: 'tollgate',
          runtime: 'envoy.wasm.runtime.v8',
          code: { local: { inline_bytes: Buffer.from(wasm).toString('base64') } },
          environment_variables: { host_env_keys: env },
        },
        configuration: { '@type': type('google.protobuf.StringValue'), value: config },
        ...more.plugin,
      },
    },
  };
  const cluster = 'inbound/default/vendors/8080';
  const network = {
    filters: [
      {
        name: 'tollgate.governance',
        typed_config: {
          '@type': type('envoy.extensions.filters.network.wasm.v3.Wasm'),
          config: filter?.typed_config.config,
        },
      },
      {
        name: 'envoy.filters.network.tcp_proxy',
        typed_config: {
          '@type': type('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'),
          stat_prefix: 'tcp',
          cluster,
        },
      },
    ],
  };
  const manager = {
    '@type': type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'in',
    codec_type: 'AUTO',
    ...(more.http1 ? { http_protocol_options: more.http1 } : {}),
    use_remote_address: true,
    xff_num_trusted_hops: 0,
    skip_xff_append: false,
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: 'REJECT_REQUEST',
    internal_address_config: { cidr_ranges: [{ address_prefix: '255.255.255.255', prefix_len: 32 }] },
    route_config: {
      name: 'r',
      ignore_port_in_host_matching: true,
      virtual_hosts: [
        { name: 'default/vendors', domains, routes: [{ match: { prefix: '/' }, route: { cluster, timeout: '0s' } }] },
      ],
    },
    http_filters: [...(filter ? [filter] : []), router],
  };
  return {
    node: { id: 'n1', cluster: 'c1' },
    static_resources: {
      listeners: [
        {
          name: 'inbound/vendors/8080',
          traffic_direction: 'INBOUND',
          ...more.listener,
          address: { socket_address: { address: '127.0.0.1', port_value: port } },
          filter_chains: [
            more.network
              ? network
              : { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] },
          ],
        },
      ],
      clusters: [
        clusterOf(cluster, endpoints, more.http1 ?? {}),
        ...(more.callout === undefined ? [] : [clusterOf('callout', [more.callout], more.http1 ?? {})]),
        ...(more.grpc === undefined ? [] : [clusterOf('grpc', [more.grpc], undefined)]),
      ],
    },
  };
}

const clusterOf = (name: string, ports: number[], http1: object | undefined) => ({
  name,
  type: 'STATIC',
  connect_timeout: '1s',
  lb_policy: 'ROUND_ROBIN',
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: http1 ? { http_protocol_options: http1 } : { http2_protocol_options: {} },
    },
  },
  load_assignment: {
    cluster_name: name,
    endpoints: [
      {
        lb_endpoints: ports.map((port_value) => ({
          endpoint: { address: { socket_address: { address: '127.0.0.1', port_value } } },
        })),
      },
    ],
  },
});
