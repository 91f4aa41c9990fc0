import { parseDocument } from 'yaml';
import { SimulatorError } from '../../errors.js';
import { readCluster } from './cluster.js';
import { Fields } from './fields.js';
import { readListener } from './listener.js';
import type { GatewayPlan, ListenerPlan, TcpListenerPlan } from './plan.js';

/** Reads a static bootstrap, YAML text or object, and refuses by name everything that the gateway would not do. */
export function readBootstrap(bootstrap: unknown, env: Record<string, string | undefined>): GatewayPlan {
  const problems: string[] = [];
  const root = new Fields(typeof bootstrap === 'string' ? parseYaml(bootstrap) : bootstrap, 'bootstrap', problems);
  const node = root.message('node').ignore('metadata', 'locality');
  // These watch over or observe an Envoy; they change no answer.
  root.ignore('admin', 'watchdogs', 'overload_manager', 'stats_config', 'stats_flush_interval', 'layered_runtime');
  const resources = root.message('static_resources');
  const clusters = resources.messages('clusters').map(readCluster);
  const listeners = resources.messages('listeners').map((fields) => readListener(fields, env));
  const plan: GatewayPlan = {
    node: { id: node.text('id'), cluster: node.text('cluster') },
    listeners,
    clusters: new Map(clusters.map((cluster) => [cluster.name, cluster])),
  };
  for (const fields of [root, node, resources]) fields.done();
  for (const listener of listeners) {
    for (const { name } of clustersOf(listener))
      if (!plan.clusters.has(name)) problems.push(`listener ${listener.name}: no cluster is named ${name}`);
  }
  if (problems.length > 0)
    throw new SimulatorError('bad_bootstrap', 'the gateway cannot serve this bootstrap', { details: problems });
  return plan;
}

/** Those that must be there. */
function clustersOf(listener: ListenerPlan | TcpListenerPlan): { name: string }[] {
  if (listener.kind === 'tcp') return listener.clusters;
  if (!listener.validateClusters) return [];
  const actions = listener.virtualHosts.flatMap(({ routes }) => routes.map(({ action }) => action));
  const ofCalls = actions.flatMap((action) =>
    action.kind === 'forward' ? [...action.clusters, ...action.mirrors.map(({ cluster }) => ({ name: cluster }))] : [],
  );
  return [...ofCalls, ...(listener.tls ?? []).flatMap(({ tcp }) => tcp.clusters)];
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new SimulatorError('bad_bootstrap', 'the bootstrap is not YAML', {
      details: document.errors.map((error) => error.message),
    });
  }
  return document.toJS();
}
