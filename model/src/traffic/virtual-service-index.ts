import type { Collection } from '../collection.js';
import { fullHost } from './hosts.js';
import { type Nearness, nearness } from './nearness.js';
import type { VirtualService } from './virtual-service-spec.js';

/** Istio's order: a document that is for a namespace's own callers decides before one for these and others. */
const nearest: readonly Nearness[] = ['own', 'named', 'public'];

/** Which VirtualServices say where calls to a host go. */
export class VirtualServiceIndex {
  /** By host in full; of a `*.` by what follows the star. In order of namespace/name. */
  private readonly exact = new Map<string, VirtualService[]>();
  private readonly below = new Map<string, VirtualService[]>();

  /** Whether any says something of connections that begin with TLS. */
  readonly routesTls: boolean;

  constructor(all: Collection<VirtualService>) {
    this.routesTls = all.all.some(({ spec }) => spec.tls.length > 0);
    for (const document of all)
      for (const host of document.spec.hosts) {
        const full = fullHost(host, document.namespace);
        if (full.startsWith('*')) add(this.below, full.slice(1), document);
        else add(this.exact, full, document);
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
    if (this.below.size === 0 && named.length < 2) return named.filter((document) => nearness(document, caller));
    const endings = [...new Set(hosts.flatMap(endingsOf))].sort((a, b) => b.length - a.length);
    const found = [named, ...endings.map((ending) => this.below.get(ending) ?? [])];
    return [...new Set(found.flatMap((documents) => byNearness(documents, caller)))];
  }

  /** All hosts, in full, that are named by documents which callers of a namespace know. */
  hostsFor(caller: string): string[] {
    const known = (documents: VirtualService[]) => documents.some((document) => nearness(document, caller));
    return [
      ...[...this.exact].filter(([, documents]) => known(documents)).map(([host]) => host),
      ...[...this.below].filter(([, documents]) => known(documents)).map(([ending]) => `*${ending}`),
    ];
  }
}

function add(lists: Map<string, VirtualService[]>, key: string, document: VirtualService): void {
  lists.set(key, [...(lists.get(key) ?? []), document]);
}

/** `a.b.c` ends with `.b.c` and `.c`; a host that is itself a `*.` is one of those below it. */
function endingsOf(host: string): string[] {
  const dots = [...host.matchAll(/\./g)].map(({ index }) => index);
  return dots.map((at) => host.slice(at));
}

function byNearness(documents: readonly VirtualService[], caller: string): VirtualService[] {
  return nearest.flatMap((word) => documents.filter((document) => nearness(document, caller) === word));
}
