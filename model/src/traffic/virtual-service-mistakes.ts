import type { Collection } from '../collection.js';
import type { Lookup } from '../kind.js';
import { type Mistake, mistake, warning } from '../mistake.js';
import { didYouMean } from '../near-word.js';
import { keyOf, type Path } from '../resource.js';
import { type ServiceResource, service } from '../service.js';
import { mergedRoute } from './delegate.js';
import type { Destination } from './destination.js';
import { nearness } from './export-to.js';
import { fullHost, HostIndex } from './hosts.js';
import type { HttpRoute } from './http-route.js';
import { delegateOf } from './http-routes.js';
import { type ServiceEntryResource, serviceEntry } from './service-entry.js';
import { subsetProblem } from './unknown-subset.js';
import type { VirtualService } from './virtual-service-spec.js';

/** What is wrong with VirtualServices beside the other documents. */
export function virtualServiceMistakes(all: Collection<VirtualService>, lookup: Lookup): Mistake[] {
  const services = new HostIndex<ServiceResource | ServiceEntryResource>(lookup.of(service), lookup.of(serviceEntry));
  return [
    ...all.all.flatMap((document) => [
      ...document.spec.http.flatMap((http, index) => [
        ...delegateMistakes(document, http, ['spec', 'http', index, 'delegate'], all),
        ...withoutEffect(document, http, ['spec', 'http', index]),
      ]),
      ...neverReached(document),
      ...destinationsIn(document).flatMap(({ path, destination }) => {
        const called = services.find(destination.host, document.namespace);
        if (!called) return [unknownHost(document, path, destination)];
        const problem = subsetProblem(destination, called, lookup);
        return problem ? [warning(document, [...path, 'subset'], `${problem}: ${withoutInstances(path)}`)] : [];
      }),
    ]),
    ...sharedHosts(all),
  ];
}

function delegateMistakes(
  document: VirtualService,
  http: HttpRoute,
  path: Path,
  all: Collection<VirtualService>,
): Mistake[] {
  if (!http.delegate) return [];
  const { name, namespace = document.namespace } = http.delegate;
  const part = delegateOf(document, http.delegate, all);
  if (part) return conflictsWith(document, http, path, part);
  const found = all.get(namespace, name);
  const refuse = (step: string, message: string) => [mistake(document, [...path, step], message)];
  if (!found) {
    const names = all.inNamespace(namespace).map((other) => other.name);
    const where = namespace === 'default' ? '' : ` in namespace ${namespace}`;
    return refuse('name', `there is no VirtualService "${name}"${where}${didYouMean(name, names)}`);
  }
  if (found.spec.hosts.length > 0)
    return refuse(
      'name',
      `VirtualService "${name}" has hosts of its own: only one without \`hosts\` can be a delegate`,
    );
  return refuse('name', `VirtualService "${name}" is not exported to ${document.namespace}, see its \`exportTo\``);
}

/** Istio leaves out what does not go together. */
function conflictsWith(document: VirtualService, http: HttpRoute, path: Path, part: VirtualService): Mistake[] {
  return part.spec.http.flatMap((own, index) => {
    if (mergedRoute(http, own)) return [];
    const message = `http[${index}] of VirtualService "${keyOf(part)}" asks for what no \`match\` here allows, and is left out`;
    return [warning(document, path, message)];
  });
}

/** Of a route that is answered by the proxy itself nothing is sent on. */
function withoutEffect(document: VirtualService, http: HttpRoute, path: Path): Mistake[] {
  const answer = http.redirect ? 'redirect' : http.directResponse ? 'directResponse' : undefined;
  if (answer === undefined || http.delegate) return [];
  const fields = ['timeout', 'retries', 'mirror', 'mirrors'] as const;
  return fields.flatMap((field) => {
    const value = http[field];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    return [warning(document, [...path, field], `has no effect beside \`${answer}\``)];
  });
}

/** Routes are tried in their order: after one that takes every call none is reached. */
function neverReached(document: VirtualService): Mistake[] {
  const { http } = document.spec;
  const last = http.findIndex(({ match }) => match.length === 0);
  if (last === -1) return [];
  return http
    .slice(last + 1)
    .map((_, offset) =>
      warning(
        document,
        ['spec', 'http', last + 1 + offset],
        `is never reached: http[${last}] has no \`match\`, and takes every call`,
      ),
    );
}

/** All that a document sends calls to, each at its place. */
function destinationsIn({ spec }: VirtualService): { path: Path; destination: Destination }[] {
  const ofConnections = (['tls', 'tcp'] as const).flatMap((field) =>
    spec[field].flatMap(({ route }, at) =>
      route.map(({ destination }, index) => ({
        path: ['spec', field, at, 'route', index, 'destination'],
        destination,
      })),
    ),
  );
  const ofCalls = spec.http.flatMap(({ route = [], mirror, mirrors }, at) => {
    const path = (...steps: Path) => ['spec', 'http', at, ...steps];
    return [
      ...route.map(({ destination }, index) => ({ path: path('route', index, 'destination'), destination })),
      ...(mirror ? [{ path: path('mirror'), destination: mirror }] : []),
      ...mirrors.map(({ destination }, index) => ({ path: path('mirrors', index, 'destination'), destination })),
    ];
  });
  return [...ofCalls, ...ofConnections];
}

function unknownHost(document: VirtualService, path: Path, { host }: Destination): Mistake {
  const full = fullHost(host, document.namespace);
  const meant = full === host ? '' : ` (${full})`;
  return warning(
    document,
    [...path, 'host'],
    `no Service or ServiceEntry has the host "${host}"${meant}: ${withoutInstances(path)}`,
  );
}

function withoutInstances(path: Path): string {
  if (!path.includes('route')) return 'no copies are sent';
  return path.includes('http') ? 'calls get the answer 503' : 'connections are closed';
}

/** One VirtualService decides about a host; those of the same host are not put together. */
function sharedHosts(all: Collection<VirtualService>): Mistake[] {
  const owners = new Map<string, VirtualService[]>();
  return all.all.flatMap((document) =>
    document.spec.hosts.flatMap((host, index) => {
      const full = fullHost(host, document.namespace);
      const before = owners.get(full) ?? [];
      owners.set(full, [...before, document]);
      const first = before.find((other) => other !== document && haveCallersInCommon(other, document));
      if (!first) return [];
      const message = `VirtualService "${keyOf(first)}" already routes "${host}": of two for one host only the first in order of namespace/name decides`;
      return [warning(document, ['spec', 'hosts', index], message)];
    }),
  );
}

function haveCallersInCommon(a: VirtualService, b: VirtualService): boolean {
  const places = [a.namespace, b.namespace, ...a.spec.exportTo, ...b.spec.exportTo];
  return places.some((namespace) => nearness(a, namespace) && nearness(a, namespace) === nearness(b, namespace));
}
