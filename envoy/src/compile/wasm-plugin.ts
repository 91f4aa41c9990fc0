import { keyOf, type Model, type NodeSpec, pluginsOf, portsOf, type Resource } from '@tollgate/model';
import { any, type Cluster } from '../types.js';
import type { PluginFilter } from './plugin-filter.js';
import type { Secrets } from './secrets.js';
import { webCluster, webClusterName } from './web-cluster.js';

type Plugin = Resource<'WasmPlugin'>;

/** The whole of a module is waited for as long as this. */
const fetchTimeout = '10s';

/** A server that starts together with the mesh is not there at once; with these all is tried within four seconds. */
const fetchRetries = 5;
const fetchBackOff = { base_interval: '0.2s', max_interval: '2s' };

/** A VM that trapped is replaced as soon as that of governance. */
const reloadBackOff = { base_interval: '0.1s', max_interval: '1s' };

const failurePolicies = { FAIL_CLOSE: 'FAIL_CLOSED', FAIL_OPEN: 'FAIL_OPEN', FAIL_RELOAD: 'FAIL_RELOAD' } as const;

/** On the listener where a service is called, for the port of its application. */
export function inboundPlugins(
  model: Model,
  service: Resource<'Service'>,
  { listener, port, settings }: { listener: string; port: number; settings: Secrets },
): PluginFilter[] {
  return pluginsOf(model.of('WasmPlugin'), service).flatMap((plugin) => {
    const ports = portsOf(plugin, 'SERVER');
    if (ports === 'none' || (ports !== 'all' && !ports.includes(port))) return [];
    return [pluginFilter(plugin, listener, 'all', `provider ${service.name}`, settings)];
  });
}

/** On the listener where a service calls others. */
export function outboundPlugins(
  model: Model,
  caller: Resource<'Service'>,
  { listener, settings }: { listener: string; settings: Secrets },
): PluginFilter[] {
  return pluginsOf(model.of('WasmPlugin'), caller).flatMap((plugin) => {
    const ports = portsOf(plugin, 'CLIENT');
    if (ports === 'none') return [];
    return [pluginFilter(plugin, listener, ports, `consumer ${caller.name}`, settings)];
  });
}

/** The clusters through which Envoy fetches the modules of these plugins. */
export function moduleClusters(plugins: readonly PluginFilter[], node: NodeSpec): Cluster[] {
  const clusters = plugins.flatMap(({ uri }) => (uri === undefined ? [] : webCluster('wasm', uri, node)));
  return [...new Map(clusters.map((cluster) => [cluster.name, cluster])).values()];
}

/**
 * A plugin in a VM of its own for each service and side, so that what stops it there stops nothing else, above all not
 * governance.
 */
function pluginFilter(
  plugin: Plugin,
  listener: string,
  ports: PluginFilter['ports'],
  where: string,
  settings: Secrets,
): PluginFilter {
  const { phase, code, pluginName, pluginConfig = {}, failStrategy, vmConfig } = plugin.spec;
  const configured = Object.keys(pluginConfig).length > 0;
  return {
    name: `plugin/${keyOf(plugin)}/${listener}`,
    phase,
    ports,
    ...('uri' in code ? { uri: code.uri } : {}),
    typed_config: any('envoy.extensions.filters.http.wasm.v3.Wasm', {
      config: {
        // As Istio names it: filters read this name.
        name: `${plugin.namespace}.${plugin.name}`,
        ...(pluginName === undefined ? {} : { root_id: pluginName }),
        failure_policy: failurePolicies[failStrategy],
        ...(failStrategy === 'FAIL_RELOAD' ? { reload_config: { backoff: reloadBackOff } } : {}),
        vm_config: {
          vm_id: `plugin/${keyOf(plugin)} ${where}`,
          runtime: 'envoy.wasm.runtime.v8',
          code: moduleSource(code),
          ...environment(vmConfig.env, settings),
        },
        ...(configured
          ? { configuration: any('google.protobuf.StringValue', { value: JSON.stringify(pluginConfig) }) }
          : {}),
      },
    }),
  };
}

function moduleSource(code: Plugin['spec']['code']) {
  if ('inline' in code) return { local: { inline_bytes: code.inline } };
  // On the machine where Envoy runs.
  if ('file' in code) return { local: { filename: code.file } };
  const { uri, sha256 = '' } = code;
  return {
    remote: {
      http_uri: { uri, cluster: webClusterName('wasm', uri), timeout: fetchTimeout },
      sha256,
      retry_policy: { retry_back_off: fetchBackOff, num_retries: fetchRetries },
    },
  };
}

function environment(variables: Plugin['spec']['vmConfig']['env'], settings: Secrets) {
  if (variables.length === 0) return {};
  const host = variables.filter(({ valueFrom }) => valueFrom === 'HOST').map(({ name }) => name);
  for (const name of host) settings.host(name);
  const inline = variables
    .filter(({ valueFrom }) => valueFrom === 'INLINE')
    .map(({ name, value = '' }) => [name, value]);
  return {
    environment_variables: {
      ...(host.length > 0 ? { host_env_keys: host } : {}),
      ...(inline.length > 0 ? { key_values: Object.fromEntries(inline) } : {}),
    },
  };
}
