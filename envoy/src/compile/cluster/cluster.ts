import { isIP } from 'node:net';
import type { NodeSpec, Protocol, Socket } from '@tollgate/model';
import type { Cluster, Endpoints } from '../../types.js';
import type { Instance } from '../callees.js';
import type { ClusterContext } from '../feature.js';
import { clusterFeatures } from '../features.js';
import { localityOf } from '../locality.js';
import { merged } from '../merged.js';
import { localitiesOf } from './locality.js';

/** A cluster, and its endpoints where they may change without it. */
export interface ClusterWithEndpoints {
  cluster: Cluster;
  endpoints?: Endpoints;
}

/** One place where a cluster's calls go. */
interface Place extends Socket {
  labels?: Instance['labels'];
  weight?: number;
  zone?: string | undefined;
  /** Where it answers for its health, if elsewhere. */
  healthPort?: number | undefined;
}

/**
 * The cluster of a callee's instances. Host names among them are resolved by Envoy, and then stand in the cluster itself.
 * `like`: one of more of the instances under the same policy.
 */
export function calleeCluster(
  name: string,
  context: ClusterContext,
  like?: ClusterWithEndpoints,
): ClusterWithEndpoints {
  const places = placesOf(context);
  if (like?.endpoints) return { cluster: { ...like.cluster, name }, endpoints: endpointsOf(name, places, context) };
  const literal = places.every(({ address }) => isIP(address) !== 0);
  if (!literal) return { cluster: withFeatures(fixed(name, places, context), context) };
  const cluster: Cluster = { name, type: 'EDS', eds_cluster_config: {} };
  return { cluster: withFeatures(cluster, context), endpoints: endpointsOf(name, places, context) };
}

/** An instance that does not say where it has the port is not reached by it. */
function placesOf({ callee, port }: ClusterContext): Place[] {
  const healthPort = callee.service?.spec.healthCheck?.port;
  return callee.instances.flatMap(({ ports, ...instance }) => {
    const number = ports[port.name];
    return number === undefined ? [] : [{ ...instance, port: number, healthPort }];
  });
}

/** The cluster of one socket. */
export function socketCluster(name: string, socket: Socket, protocol: Protocol, node: NodeSpec): Cluster {
  const port = { name: '', number: socket.port, protocol };
  const context: ClusterContext = { callee: { instances: [] }, port, node };
  return withFeatures(fixed(name, [socket], context), context);
}

function fixed(name: string, places: readonly Place[], context: ClusterContext): Cluster {
  const literal = places.every(({ address }) => isIP(address) !== 0);
  return { name, type: literal ? 'STATIC' : 'STRICT_DNS', load_assignment: endpointsOf(name, places, context) };
}

function withFeatures(cluster: Cluster, context: ClusterContext): Cluster {
  return merged(cluster, ...clusterFeatures.map((feature) => feature(context)));
}

function endpointsOf(name: string, places: readonly Place[], context: ClusterContext): Endpoints {
  return {
    cluster_name: name,
    endpoints: localitiesOf(places, context).map((each) => ({
      ...(each.zone === '' ? {} : { locality: localityOf(each.zone) }),
      ...(each.weight === undefined ? {} : { load_balancing_weight: each.weight }),
      // Nothing is written where it would say what Envoy takes anyway.
      ...(each.priority ? { priority: each.priority } : {}),
      lb_endpoints: each.places.map(endpoint),
    })),
  };
}

function endpoint({ address, port, labels = {}, weight = 1, healthPort }: Place) {
  return {
    endpoint: {
      address: { socket_address: { address, port_value: port } },
      ...(healthPort === undefined ? {} : { health_check_config: { port_value: healthPort } }),
    },
    ...(weight === 1 ? {} : { load_balancing_weight: weight }),
    ...(Object.keys(labels).length === 0 ? {} : { metadata: { filter_metadata: { 'envoy.lb': labels } } }),
  };
}
