import type { Collection } from '../collection.js';
import { mergedRoute } from './delegate.js';
import type { Destination } from './destination.js';
import { isExported } from './export-to.js';
import { fullHost } from './hosts.js';
import type { HttpRoute } from './http-route.js';
import type { VirtualService } from './virtual-service-spec.js';

/**
 * The routes of a VirtualService in their order, each delegate's in the place of the route that delegates to it. Hosts are
 * written out in full, because a short one means the namespace of the document in which it stands.
 */
export function httpRoutesOf(root: VirtualService, all: Collection<VirtualService>): HttpRoute[] {
  return root.spec.http.flatMap((http) => {
    if (!http.delegate) return [inFull(http, root.namespace)];
    const part = delegateOf(root, http.delegate, all);
    return (part?.spec.http ?? []).flatMap((own) => {
      const merged = mergedRoute(inFull(http, root.namespace), inFull(own, part?.namespace ?? root.namespace));
      return merged ?? [];
    });
  });
}

/** The document that a route names as its delegate, where its namespace knows it. */
export function delegateOf(
  root: VirtualService,
  { name, namespace = root.namespace }: NonNullable<HttpRoute['delegate']>,
  all: Collection<VirtualService>,
): VirtualService | undefined {
  const part = all.get(namespace, name);
  return part && part.spec.hosts.length === 0 && isExported(part, root.namespace) ? part : undefined;
}

function inFull(http: HttpRoute, namespace: string): HttpRoute {
  const full = (destination: Destination) => ({ ...destination, host: fullHost(destination.host, namespace) });
  return {
    ...http,
    ...(http.route ? { route: http.route.map((each) => ({ ...each, destination: full(each.destination) })) } : {}),
    ...(http.mirror ? { mirror: full(http.mirror) } : {}),
    mirrors: http.mirrors.map((each) => ({ ...each, destination: full(each.destination) })),
  };
}
