import { isIP } from 'node:net';
import type { NodeSpec, Protocol, Socket } from '@tollgate/model';
import type { Cluster, Endpoints } from '../../types.js';
import type { CalleePort, Instance } from '../callees.js';
import type { ClusterContext } from '../feature.js';
import { clusterFeatures } from '../features.js';
import { merged } from '../merged.js';

/** A cluster, and its endpoints where they may change without it. */
export interface ClusterWithEndpoints {
  cluster: Cluster;
  endpoints?: Endpoints;
}

/** The cluster of a callee's instances. Host names among them are resolved by Envoy, and then stand in the cluster itself. */
export function calleeCluster(name: string, context: ClusterContext): ClusterWithEndpoints {
  const instances = context.callee.instances.map((instance) => at(instance, context.port));
  const literal = instances.every(({ address }) => isIP(address) !== 0);
  if (!literal) return { cluster: withFeatures(fixed(name, instances), context) };
  const cluster: Cluster = { name, type: 'EDS', eds_cluster_config: {} };
  return { cluster: withFeatures(cluster, context), endpoints: endpointsOf(name, instances) };
}

/** The cluster of one socket. */
export function socketCluster(name: string, socket: Socket, protocol: Protocol, node: NodeSpec): Cluster {
  const instances = [{ ...socket, labels: {}, weight: 1 }];
  const port = { name: '', number: socket.port, protocol };
  return withFeatures(fixed(name, instances), { callee: { instances }, port, node });
}

/** Where an instance takes calls to this port. */
function at(instance: Instance, { name }: CalleePort): Instance {
  const port = instance.ports?.[name];
  return port === undefined ? instance : { ...instance, port };
}

function fixed(name: string, instances: readonly Instance[]): Cluster {
  const literal = instances.every(({ address }) => isIP(address) !== 0);
  return { name, type: literal ? 'STATIC' : 'STRICT_DNS', load_assignment: endpointsOf(name, instances) };
}

function withFeatures(cluster: Cluster, context: ClusterContext): Cluster {
  return merged(cluster, ...clusterFeatures.map((feature) => feature(context)));
}

function endpointsOf(name: string, instances: readonly Instance[]): Endpoints {
  const zones = [...new Set(instances.map((instance) => instance.zone ?? ''))];
  return {
    cluster_name: name,
    endpoints: zones.map((zone) => ({
      ...(zone === '' ? {} : { locality: { zone } }),
      lb_endpoints: instances.filter((instance) => (instance.zone ?? '') === zone).map(endpoint),
    })),
  };
}

function endpoint({ address, port, labels = {}, weight = 1 }: Instance) {
  return {
    endpoint: { address: { socket_address: { address, port_value: port } } },
    ...(weight === 1 ? {} : { load_balancing_weight: weight }),
    ...(Object.keys(labels).length === 0 ? {} : { metadata: { filter_metadata: { 'envoy.lb': labels } } }),
  };
}
