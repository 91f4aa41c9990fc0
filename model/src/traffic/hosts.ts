import { onceFor } from '../once-for.js';
import type { ResourceId } from '../resource.js';
import { isExported } from './export-to.js';

/** What is called by hosts: a Service, also by its name, or a ServiceEntry, by those alone that it says. */
interface Hosted extends ResourceId {
  kind: 'Service' | 'ServiceEntry';
  spec: { hosts: readonly string[]; exportTo?: readonly string[] };
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

/** The hosts by which every caller reaches it, in lower case. Within its namespace the name alone of a service will do. */
export const hostsOf = onceFor((hosted: Hosted): readonly string[] =>
  hosted.kind === 'ServiceEntry' ? hosted.spec.hosts : [...new Set([...impliedHosts(hosted), ...hosted.spec.hosts])],
);

/** Finds what a host leads to: first a Service, then an entry of the own namespace, then another one. */
export class HostIndex<H extends Hosted> {
  private readonly owners = new Map<string, H[]>();

  /** Services first. */
  constructor(...collections: Iterable<H>[]) {
    for (const collection of collections)
      for (const hosted of collection)
        for (const host of hostsOf(hosted)) {
          const owners = this.owners.get(host);
          if (owners) owners.push(hosted);
          else this.owners.set(host, [hosted]);
        }
  }

  /** `host` as a document of this namespace writes it. One that an entry names comes before those below another's `*.`. */
  find(host: string, namespace: string): H | undefined {
    const full = fullHost(host, namespace);
    const exact = this.ownerOf(full, namespace);
    if (exact) return exact;
    for (const name of [...above(full), host.toLowerCase()]) {
      const owner = this.ownerOf(name, namespace);
      if (owner) return owner;
    }
    return undefined;
  }

  private ownerOf(name: string, namespace: string): H | undefined {
    const owners = this.owners.get(name)?.filter((owner) => isExported(owner, namespace));
    return owners?.find((owner) => owner.kind === 'Service' || owner.namespace === namespace) ?? owners?.[0];
  }
}

/** The `*.` under which a host stands, the longest first; one that is itself a `*.` stands under it. */
export function above(host: string): string[] {
  return [...host.matchAll(/\./g)].map(({ index }) => `*${host.slice(index)}`);
}
