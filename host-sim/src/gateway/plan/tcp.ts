import type { Fields } from './fields.js';
import { readWasm } from './filter.js';
import type { TcpListenerPlan, WasmPlan } from './plan.js';

const WASM = 'type.googleapis.com/envoy.extensions.filters.network.wasm.v3.Wasm';
const TCP_PROXY = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
const IDLE_TIMEOUT_DEFAULT_MS = 3_600_000;

type TcpPlan = Pick<TcpListenerPlan, 'filters' | 'clusters' | 'idleTimeoutMs' | 'connectionMsMax'>;

/** The network filters of a chain: Wasm plugins, then the TCP proxy. */
export function readTcp(chain: Fields, filters: Fields[], env: Record<string, string | undefined>): TcpPlan {
  const plugins: WasmPlan[] = [];
  let proxy: Omit<TcpPlan, 'filters'> = { clusters: [], idleTimeoutMs: 0, connectionMsMax: 0 };
  filters.forEach((filter, index) => {
    const last = index === filters.length - 1;
    const name = filter.text('name');
    const config = filter.message('typed_config');
    const type = config.any('@type');
    if (type === TCP_PROXY) {
      if (!last) filter.problem('the TCP proxy must be the last filter');
      proxy = readProxy(config);
    } else if (type === WASM) plugins.push(readWasm(config, env));
    else filter.problem(`network filter ${name} (${String(type)}) is not supported by the gateway`);
    if (last && type !== TCP_PROXY)
      filter.problem('the last filter must be a TCP proxy, or an HTTP connection manager the only one');
    filter.done();
  });
  if (filters.length === 0) chain.problem('there is neither an HTTP connection manager nor a TCP proxy', 'filters');
  return { filters: plugins, ...proxy };
}

function readProxy(fields: Fields): Omit<TcpPlan, 'filters'> {
  fields.ignore('stat_prefix');
  if (fields.has('cluster') === fields.has('weighted_clusters'))
    fields.problem('must have either cluster or weighted_clusters');
  const weighted = fields.message('weighted_clusters');
  const clusters = weighted.messages('clusters').map((cluster) => {
    const one = { name: cluster.text('name'), weight: cluster.count('weight', 0) };
    if (one.weight === 0) cluster.problem('must be above 0', 'weight');
    cluster.done();
    return one;
  });
  weighted.done();
  const plan = {
    clusters: fields.has('cluster') ? [{ name: fields.text('cluster'), weight: 1 }] : clusters,
    idleTimeoutMs: fields.durationMs('idle_timeout', IDLE_TIMEOUT_DEFAULT_MS),
    connectionMsMax: fields.durationMs('max_downstream_connection_duration', 0),
  };
  fields.done();
  return plan;
}
