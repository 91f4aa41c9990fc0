// What Istio's documentation of VirtualService says must happen to a request, told without our compiler and without Envoy.
import {
  caller,
  fullName,
  type Headers,
  type HttpMatch,
  type HttpRoute,
  type Mesh,
  type MeshRequest,
  type RouteDestination,
  type StringMatch,
  services,
  type VirtualService,
  versions,
} from './mesh.js';

export type Outcome =
  | { kind: 'forwarded'; to: Target; path: string; authority: string; request: Changes; response: Changes }
  | { kind: 'redirected'; status: number; location: string }
  | { kind: 'answered'; status: number; body: string }
  /** Nobody answers: no route, no such host, no such destination or subset. */
  | { kind: 'refused'; status: 404 | 502 | 503 };

export interface Target {
  service: string;
  port: number;
  /** Without one, any version may answer. */
  subset?: string | undefined;
}

/** What becomes of headers: a value, several in their order, or none. */
type Changes = Record<string, string | undefined>;

/** What the application answers, whatever it is asked. */
export const answered: Record<string, string> = { 'x-gone': 'yes', 'x-kept': 'yes', 'x-made': 'there' };

export function outcomeOf(mesh: Mesh, request: MeshRequest): Outcome {
  const service = addressedService(mesh, request);
  const decides = decidingService(mesh, service ? fullName(service.name, mesh) : hostOf(request));
  if (!decides && service) return forwarded(mesh, request, {}, undefined, defaultDestination(service, request));
  if (!decides) return { kind: 'refused', status: 502 };
  for (const http of withDelegates(mesh, decides)) {
    const blocks = http.match ?? [{}];
    const block = blocks.find((one) => matches(one, request, service));
    if (block) return act(mesh, request, http, block);
  }
  return { kind: 'refused', status: 404 };
}

const hostOf = ({ host }: MeshRequest) => host.split(':')[0] ?? '';

/** The service that a host names, in any of its forms. */
function addressedService(mesh: Mesh, request: MeshRequest) {
  return services.find(({ name }) => {
    const full = fullName(name, mesh);
    return [full, `${name}.${mesh.namespace}.svc`, `${name}.${mesh.namespace}`].includes(hostOf(request));
  });
}

/** The port that a request addresses: the first of a service where the host says none. */
function addressedPort(request: MeshRequest, ports: readonly number[] = [80]): number {
  const named = Number(request.host.split(':')[1]);
  return ports.includes(named) ? named : (ports[0] ?? 80);
}

function defaultDestination({ name, ports }: (typeof services)[number], request: MeshRequest): RouteDestination {
  return { destination: { host: name, port: { number: addressedPort(request, ports) } } };
}

/** The document for a host: one that names it before one with a `*.`, the longer of these first; of equals the first by name. */
function decidingService(mesh: Mesh, host: string): VirtualService | undefined {
  const named = (one: string) => (one.includes('.') ? one : fullName(one, mesh));
  const candidates = mesh.virtualServices.flatMap((document) =>
    document.hosts
      .map(named)
      .filter((one) => (one.startsWith('*') ? host.endsWith(one.slice(1)) && host !== one.slice(1) : host === one))
      .map((one) => ({ document, weight: one.startsWith('*') ? one.length : Number.POSITIVE_INFINITY })),
  );
  candidates.sort((a, b) =>
    a.weight === b.weight ? (a.document.name < b.document.name ? -1 : 1) : b.weight > a.weight ? 1 : -1,
  );
  return candidates[0]?.document;
}

/** The routes of a document, with those of its delegates in their place. */
function withDelegates(mesh: Mesh, document: VirtualService): HttpRoute[] {
  return document.http.flatMap((http) => {
    if (!http.delegate) return [http];
    const delegate = mesh.virtualServices.find(({ name }) => name === http.delegate?.name);
    return (delegate?.http ?? []).map((inner) => ({ ...inner, match: bothMatches(http.match, inner.match) }));
  });
}

/** What is asked for of a request by the route that delegates and by the delegate: all of it. */
function bothMatches(outer: HttpMatch[] = [{}], inner: HttpMatch[] = [{}]): HttpMatch[] {
  return outer.flatMap((one) =>
    inner.map((other) => ({ ...one, ...other, headers: { ...one.headers, ...other.headers } })),
  );
}

function matches(match: HttpMatch, request: MeshRequest, service: (typeof services)[number] | undefined): boolean {
  const [path = '', query] = splitPath(request.path);
  const { headers } = request;
  return (
    uriMatches(match, path) &&
    textMatches(match.scheme, 'http') &&
    textMatches(match.method, request.method) &&
    textMatches(match.authority, request.host) &&
    every(match.headers, (name, wanted) => headerMatches(wanted, headers[name])) &&
    every(match.withoutHeaders, (name, unwanted) => !headerMatches(unwanted, headers[name])) &&
    every(match.queryParams, (name, wanted) => headerMatches(wanted, parameter(query, name))) &&
    (match.port === undefined || match.port === addressedPort(request, service?.ports)) &&
    every(match.sourceLabels, (name, value) => (caller.labels as Record<string, string>)[name] === value) &&
    (match.sourceNamespace === undefined || match.sourceNamespace === caller.namespace)
  );
}

function every<Value>(all: Record<string, Value> = {}, holds: (name: string, value: Value) => boolean): boolean {
  return Object.entries(all).every(([name, value]) => holds(name, value));
}

/** The case is ignored for exact and prefix matches alone. */
function uriMatches({ uri, ignoreUriCase }: HttpMatch, path: string): boolean {
  if (!uri || !ignoreUriCase || uri.regex !== undefined) return textMatches(uri, path);
  const lower = Object.fromEntries(Object.entries(uri).map(([kind, text]) => [kind, text.toLowerCase()]));
  return textMatches(lower, path.toLowerCase());
}

function textMatches(match: StringMatch | undefined, text: string): boolean {
  if (match?.exact !== undefined) return text === match.exact;
  if (match?.prefix !== undefined) return text.startsWith(match.prefix);
  // RE2 compares the whole text; these expressions mean the same in JavaScript.
  if (match?.regex !== undefined) return new RegExp(`^(?:${match.regex})$`).test(text);
  return true;
}

/** A match that says nothing asks whether the header is there. */
function headerMatches(match: StringMatch, value: string | undefined): boolean {
  return value !== undefined && textMatches(match, value);
}

function splitPath(path: string): [path: string, query: string | undefined] {
  const at = path.indexOf('?');
  return at < 0 ? [path, undefined] : [path.slice(0, at), path.slice(at + 1)];
}

function parameter(query: string | undefined, name: string): string | undefined {
  const pairs = (query ?? '').split('&').map((pair) => pair.split('='));
  const found = query === undefined ? undefined : pairs.find(([key]) => key === name);
  return found && (found[1] ?? '');
}

function act(mesh: Mesh, request: MeshRequest, http: HttpRoute, match: HttpMatch): Outcome {
  if (http.redirect) return redirected(request, http.redirect);
  if (http.directResponse)
    return { kind: 'answered', status: http.directResponse.status, body: http.directResponse.body.string };
  const destinations = http.route ?? [];
  const chosen = destinations.length === 1 ? destinations[0] : destinations.find(({ weight }) => weight === 100);
  return forwarded(mesh, request, http, match, chosen as RouteDestination);
}

function redirected(request: MeshRequest, to: NonNullable<HttpRoute['redirect']>): Outcome {
  const [path, query] = splitPath(request.path);
  const [host, port] = (to.authority ?? request.host).split(':');
  const shownPort = to.port ?? port;
  const authority = `${host}${shownPort === undefined ? '' : `:${shownPort}`}`;
  const target = `${to.uri ?? path}${query === undefined ? '' : `?${query}`}`;
  return {
    kind: 'redirected',
    status: to.redirectCode ?? 301,
    location: `${to.scheme ?? 'http'}://${authority}${target}`,
  };
}

function forwarded(
  mesh: Mesh,
  request: MeshRequest,
  { rewrite, headers }: HttpRoute,
  match: HttpMatch | undefined,
  { destination, headers: ofDestination }: RouteDestination,
): Outcome {
  const target = services.find(({ name }) => [name, fullName(name, mesh)].includes(destination.host));
  const { subset } = destination;
  const knownSubset = subset === undefined || (versions as readonly string[]).includes(subset);
  if (!target || !knownSubset) return { kind: 'refused', status: 503 };
  const both = [headers, ofDestination];
  return {
    kind: 'forwarded',
    to: { service: target.name, port: destination.port?.number ?? target.ports[0], subset },
    path: rewritten(request.path, rewrite, match?.uri),
    authority: rewrite?.authority ?? request.host,
    request: changed(
      request.headers,
      both.map((each) => each?.request),
    ),
    response: changed(
      answered,
      both.map((each) => each?.response),
    ),
  };
}

/** A prefix that matched is replaced by the new one; without, the path is. The query stays. */
function rewritten(original: string, rewrite: HttpRoute['rewrite'], uri: StringMatch | undefined): string {
  const [path, query] = splitPath(original);
  const rest = query === undefined ? '' : `?${query}`;
  const regex = rewrite?.uriRegexRewrite;
  if (regex) return path.replace(new RegExp(regex.match), regex.rewrite.replaceAll('\\', '$')) + rest;
  if (rewrite?.uri === undefined) return original;
  return rewrite.uri + (uri?.prefix === undefined ? '' : path.slice(uri.prefix.length)) + rest;
}

function changed(before: Record<string, string>, all: (Headers['request'] | undefined)[]): Changes {
  const after: Changes = { ...before };
  for (const changes of all) {
    for (const name of changes?.remove ?? []) after[name] = undefined;
    for (const [name, value] of Object.entries(changes?.set ?? {})) after[name] = value;
    for (const [name, value] of Object.entries(changes?.add ?? {}))
      after[name] = after[name] === undefined ? value : `${after[name]},${value}`;
  }
  return after;
}
