import type { Collection } from '../collection.js';
import type { ResourceId } from '../resource.js';

/** What has hosts of its own besides its name. */
interface Hosted extends ResourceId {
  spec: { hosts: readonly string[] };
}

/** What the full names of services end with, as Kubernetes has it by default. */
const clusterDomain = 'svc.cluster.local';

/** The full name of a host as Istio's documents write it: one without a dot is a service of the document's namespace. */
export function fullHost(host: string, namespace: string): string {
  const lower = host.toLowerCase();
  return lower.includes('.') || lower === '*' ? lower : `${lower}.${namespace}.${clusterDomain}`;
}

/** The hosts that a service has by its name and namespace, the full name first. */
export function impliedHosts({ namespace, name }: { namespace: string; name: string }): string[] {
  const short = `${name}.${namespace}`.toLowerCase();
  return [`${short}.${clusterDomain}`, short, `${short}.svc`];
}

const known = new WeakMap<Hosted, readonly string[]>();

/** The hosts by which every caller reaches a service, in lower case. Within its namespace its name alone will do. */
export function hostsOf(service: Hosted): readonly string[] {
  const found = known.get(service);
  if (found) return found;
  const hosts = [...new Set([...impliedHosts(service), ...service.spec.hosts])];
  known.set(service, hosts);
  return hosts;
}

/** Finds what a host leads to. */
export class HostIndex<S extends Hosted> {
  private readonly owners = new Map<string, S>();

  constructor(services: Collection<S>) {
    for (const service of services)
      for (const host of hostsOf(service)) if (!this.owners.has(host)) this.owners.set(host, service);
  }

  /** `host` as a document of this namespace writes it. */
  find(host: string, namespace: string): S | undefined {
    return this.owners.get(fullHost(host, namespace));
  }
}
