import type { Collection } from '../collection.js';
import { isExported, type Nearness, nearness } from './export-to.js';
import { above, fullHost } from './hosts.js';
import type { VirtualService } from './virtual-service-spec.js';

/** Istio's order: a document that is for a namespace's own callers decides before one for these and others. */
const nearest: readonly Nearness[] = ['own', 'named', 'public'];

/** Which VirtualServices say where calls to a host go. */
export class VirtualServiceIndex {
  /** By host in full, those below which others stand apart. In order of namespace/name. */
  private readonly exact = new Map<string, VirtualService[]>();
  private readonly below = new Map<string, VirtualService[]>();

  /** Whether any says something of connections that begin with TLS. */
  readonly routesTls: boolean;

  constructor(all: Collection<VirtualService>) {
    this.routesTls = all.all.some(({ spec }) => spec.tls.length > 0);
    for (const document of all)
      for (const host of document.spec.hosts) {
        const full = fullHost(host, document.namespace);
        add(full.startsWith('*') ? this.below : this.exact, full, document);
      }
  }

  /**
   * Those for calls from a namespace to what has all of these hosts; the first that has a route for the caller decides. One
   * that names a host comes before one for all below it, and the longer of those before the shorter.
   */
  deciding(hosts: readonly string[], caller: string): VirtualService[] {
    const named: VirtualService[] = [];
    for (const host of hosts) {
      const documents = this.exact.get(host);
      if (documents) named.push(...documents);
    }
    // By far the most: asked for each of thousands of hosts.
    if (this.below.size === 0 && named.length < 2) return named.filter((document) => isExported(document, caller));
    const wide = [...new Set(hosts.flatMap(above))].sort((a, b) => b.length - a.length);
    const found = [named, ...wide.map((host) => this.below.get(host) ?? [])];
    return [...new Set(found.flatMap((documents) => byNearness(documents, caller)))];
  }

  /** All hosts, in full, that are named by documents which callers of a namespace know. */
  hostsFor(caller: string): string[] {
    const known = (documents: VirtualService[]) => documents.some((document) => isExported(document, caller));
    return [...this.exact, ...this.below].filter(([, documents]) => known(documents)).map(([host]) => host);
  }
}

function add(lists: Map<string, VirtualService[]>, key: string, document: VirtualService): void {
  lists.set(key, [...(lists.get(key) ?? []), document]);
}

function byNearness(documents: readonly VirtualService[], caller: string): VirtualService[] {
  return nearest.flatMap((word) => documents.filter((document) => nearness(document, caller) === word));
}
