import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import type { FileMistake } from '@tollgate/policies';
import { besideScenario, type Scenario } from './scenario.js';
import type { FilterSpec } from './schema.js';

export interface FilterProxyPorts {
  listen: number;
  application: number;
  clusters: ReadonlyMap<string, number>;
}

const type = (name: string) => `type.googleapis.com/envoy.extensions.${name}`;
/** Envoy's name of the listener's statistics: `http.ingress.…`. */
export const statPrefix = 'ingress';

/** The filters' modules that cannot be read, at their places in the scenario. */
export function checkModules(scenario: Scenario): FileMistake[] {
  return (scenario.filters ?? []).flatMap(({ wasm }, index) => {
    try {
      readModule(scenario, wasm);
      return [];
    } catch (cause) {
      return [scenario.source.mistake(['filters', index, 'wasm'], `cannot be read: ${(cause as Error).message}`)];
    }
  });
}

/** Modules of Go have megabytes, most of them air: one may lie there compressed. */
function readModule(scenario: Scenario, wasm: string): Buffer {
  const bytes = readFileSync(besideScenario(scenario, wasm));
  return wasm.endsWith('.br') ? brotliDecompressSync(bytes) : bytes;
}

/** The bootstrap of a proxy with a scenario's filters, in their order, in front of one application. */
export function filterProxy(scenario: Scenario, ports: FilterProxyPorts): object {
  const filters = (scenario.filters ?? []).map((filter) => wasmFilter(scenario, filter));
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': type('filters.http.router.v3.Router') },
  };
  const manager = {
    '@type': type('filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: statPrefix,
    use_remote_address: true,
    // Nobody is internal: what a caller says of itself in x-envoy-… headers is taken off.
    internal_address_config: { cidr_ranges: [{ address_prefix: '255.255.255.255', prefix_len: 32 }] },
    route_config: {
      virtual_hosts: [
        {
          name: 'application',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'application', timeout: '0s' } }],
        },
      ],
    },
    http_filters: [...filters, router],
  };
  const network = { name: 'envoy.filters.network.http_connection_manager', typed_config: manager };
  return {
    node: { id: 'filter-test', cluster: 'filter-test' },
    static_resources: {
      listeners: [{ name: 'filter-test', address: address(ports.listen), filter_chains: [{ filters: [network] }] }],
      clusters: [
        cluster(scenario, 'application', ports.application),
        ...[...ports.clusters].map(([name, port]) => cluster(scenario, name, port)),
      ],
    },
  };
}

const address = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });

const http2Options = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    '@type': type('upstreams.http.v3.HttpProtocolOptions'),
    explicit_http_config: { http2_protocol_options: {} },
  },
};

function cluster({ protocol }: Scenario, name: string, port: number): object {
  return {
    name,
    ...(protocol === 'http2' ? { typed_extension_protocol_options: http2Options } : {}),
    type: 'STATIC',
    connect_timeout: '1s',
    lb_policy: 'ROUND_ROBIN',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
    },
  };
}

function wasmFilter(scenario: Scenario, filter: FilterSpec): object {
  const bytes = readModule(scenario, filter.wasm);
  const name = filter.name || 'filter';
  return {
    name,
    typed_config: {
      '@type': type('filters.http.wasm.v3.Wasm'),
      config: {
        name,
        root_id: filter.rootId,
        failure_policy: filter.failurePolicy,
        allow_on_headers_stop_iteration: filter.allowOnHeadersStopIteration,
        ...text('configuration', filter.config),
        vm_config: {
          vm_id: filter.vmId,
          runtime: 'envoy.wasm.runtime.v8',
          code: { local: { inline_bytes: bytes.toString('base64') } },
          ...text('configuration', filter.vmConfig),
          ...(Object.keys(scenario.env).length > 0 ? { environment_variables: { key_values: scenario.env } } : {}),
        },
      },
    },
  };
}

/** Text arrives as it is, anything else as JSON. */
function text(field: string, value: unknown): object {
  if (value === undefined) return {};
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  return { [field]: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: written } };
}
