import type { Resource } from '@tollgate/model';
import { inlined } from './compile/linked.js';
import { localityOf } from './compile/locality.js';
import type { Resources } from './compile/resources.js';
import { any, type Bootstrap } from './types.js';

/** More connections than this are refused, so that they cannot eat the machine's file descriptors and memory. */
const downstreamConnectionsMax = 50_000;

/** Instructions of a compiled regular expression. Envoy's own bound of 100 refuses many that users write; Istio has this one. */
const regexSizeMax = 32_768;

/** A complete bootstrap that runs alone, with no control plane. */
export function staticBootstrap(node: Resource<'Node'>, resources: Resources): Bootstrap {
  return {
    ...frame(node),
    static_resources: inlined(resources),
  };
}

/** A bootstrap that follows two files, which are replaced whole when the rules change (`tollgate run --watch`). */
export function watchingBootstrap(node: Resource<'Node'>, files: { listeners: string; clusters: string }): Bootstrap {
  const source = (path: string) => ({ path_config_source: { path }, resource_api_version: 'V3' as const });
  return {
    ...frame(node),
    dynamic_resources: { lds_config: source(files.listeners), cds_config: source(files.clusters) },
  };
}

function frame(node: Resource<'Node'>): Bootstrap {
  const { admin } = node.spec;
  return {
    node: {
      id: node.name,
      cluster: node.spec.services[0] ?? node.name,
      ...(node.spec.zone === undefined ? {} : { locality: localityOf(node.spec.zone) }),
    },
    ...(admin ? { admin: { address: { socket_address: { address: admin.address, port_value: admin.port } } } } : {}),
    layered_runtime: {
      layers: [{ name: 'tollgate', static_layer: { 're2.max_program_size.error_level': regexSizeMax } }],
    },
    // A filter that loops for ever would hang its worker and every listener on it: better a restart.
    watchdogs: { worker_watchdog: { miss_timeout: '0.5s', megamiss_timeout: '1s', kill_timeout: '3s' } },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: any(
            'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            {
              // A 64-bit number: canonical JSON writes those as strings.
              max_active_downstream_connections: String(downstreamConnectionsMax),
            },
          ),
        },
      ],
    },
  };
}
