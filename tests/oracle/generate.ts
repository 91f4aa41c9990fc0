import fc from 'fast-check';
import {
  fullName,
  type HeaderChanges,
  type Headers,
  type HttpMatch,
  type HttpRoute,
  type Mesh,
  type MeshRequest,
  type RouteDestination,
  type StringMatch,
  services,
  type VirtualService,
} from './mesh.js';

/** Few words, so that what matches ask for and what requests bring meet often. */
const paths = ['/', '/a', '/a/b', '/A/b', '/ab', '/api', '/api/v1', '/api/v1/x', '/API/v1', '/b/1'];
const prefixes = ['/', '/a', '/a/', '/api', '/api/', '/API', '/b'];
const pathExpressions = ['/a/.*', '/a', '/(a|b)/[a-z0-9]+', '/api(/v1)?', '.*/v1', '/[^/]*'];
const queries = ['', '', '', '?q=1', '?q=x&page=17', '?q', '?page=', '?page=1&q=y'];
const methods = ['GET', 'POST', 'PUT', 'DELETE'];
const values = ['v', 'vip', 'vip-2', 'VIP', '17'];
const headerNames = ['x-user', 'x-env', 'end-user'];

/** There so many times in ten. */
function maybe<Value>(times: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: times, arbitrary }, { weight: 10 - times, arbitrary: fc.constant(undefined) });
}

/** Without the fields that are not there: in YAML they would be null. */
function record<Fields>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }): fc.Arbitrary<Fields> {
  return fc
    .record(fields)
    .map(
      (all) => Object.fromEntries(Object.entries(all as object).filter(([, value]) => value !== undefined)) as Fields,
    );
}

function text(
  exact: readonly string[],
  prefix: readonly string[],
  regex: readonly string[],
): fc.Arbitrary<StringMatch> {
  return fc.oneof(
    fc.record({ exact: fc.constantFrom(...exact) }),
    fc.record({ prefix: fc.constantFrom(...prefix) }),
    fc.record({ regex: fc.constantFrom(...regex) }),
  );
}

const headerMatches = fc.dictionary(
  fc.constantFrom(...headerNames),
  // An empty match asks whether the header is there.
  fc.oneof(text(values, ['v', 'vip'], ['v.*', '\\d+', 'vip|VIP']), fc.constant({})),
  { minKeys: 1, maxKeys: 2 },
);
const parameterMatches = fc.dictionary(
  fc.constantFrom('q', 'page'),
  fc.oneof(
    fc.record({ exact: fc.constantFrom('', 'x', '1') }),
    fc.record({ regex: fc.constantFrom('\\d+', '\\d+$', 'x|y') }),
  ),
  { minKeys: 1, maxKeys: 2 },
);

/** A request rarely fulfils more than three conditions. */
const match = (namespace: string) =>
  record<HttpMatch>({
    uri: maybe(6, text(paths, prefixes, pathExpressions)),
    ignoreUriCase: maybe(3, fc.boolean()),
    method: maybe(2, text(methods, ['P', 'G'], ['GET|PUT', 'P.*'])),
    headers: maybe(2, headerMatches),
    withoutHeaders: maybe(1, headerMatches),
    queryParams: maybe(1, parameterMatches),
    scheme: maybe(1, text(['http', 'https'], ['http'], ['https?', 'https'])),
    authority: maybe(
      1,
      text(
        [`reviews.${namespace}`, `ratings.${namespace}:8080`],
        ['reviews', 'ratings'],
        ['.*local', '[a-z0-9.]+:8080'],
      ),
    ),
    port: maybe(1, fc.constantFrom(80, 8080)),
    sourceLabels: maybe(
      1,
      fc.constantFrom<Record<string, string>[]>({ app: 'orders' }, { app: 'orders', tier: 'front' }, { app: 'admin' }),
    ),
    sourceNamespace: maybe(1, fc.constantFrom('default', 'elsewhere')),
  }).map(({ ignoreUriCase, ...rest }) => (rest.uri && ignoreUriCase ? { ...rest, ignoreUriCase } : rest));

const some = (match: HttpMatch) => Object.keys(match).length > 0;

function headers(set: string, add: string, remove: string): fc.Arbitrary<HeaderChanges> {
  return record<HeaderChanges>({
    set: maybe(5, fc.constant<Record<string, string>>({ [set]: 'set' })),
    add: maybe(5, fc.constant<Record<string, string>>({ [add]: 'added' })),
    remove: maybe(5, fc.constant<string[]>([remove])),
  });
}

/** Each place changes other headers: what is stronger is not documented. */
const ofRoute: fc.Arbitrary<Headers> = record<Headers>({
  request: maybe(7, headers('x-set', 'x-add', 'x-user')),
  response: maybe(5, headers('x-made', 'x-added', 'x-gone')),
});
const ofDestination: fc.Arbitrary<Headers> = record<Headers>({
  request: maybe(7, headers('x-set-for-one', 'x-add-for-one', 'x-env')),
  response: maybe(5, headers('x-made-by-one', 'x-added-by-one', 'x-kept')),
});

function destination(namespace: string): fc.Arbitrary<RouteDestination['destination']> {
  const known = fc.constantFrom(...services).chain(({ name, ports }) =>
    record<RouteDestination['destination']>({
      host: fc.constantFrom(name, fullName(name, { namespace })),
      subset: maybe(6, fc.constantFrom('v1', 'v2', 'v1', 'v2', 'v1', 'v2', 'v9')),
      // A service of several ports needs one.
      port: maybe(ports.length > 1 ? 10 : 3, fc.record({ number: fc.constantFrom(...ports) })),
    }),
  );
  return fc.oneof({ weight: 20, arbitrary: known }, { weight: 1, arbitrary: fc.constant({ host: 'nobody' }) });
}

function destinations(namespace: string): fc.Arbitrary<RouteDestination[]> {
  const one = record<RouteDestination>({ destination: destination(namespace), headers: maybe(2, ofDestination) });
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(one) },
    // All or nothing, so that chance has no say.
    {
      weight: 1,
      arbitrary: fc.tuple(one, one, fc.boolean()).map(([a, b, first]) => [
        { ...a, weight: first ? 100 : 0 },
        { ...b, weight: first ? 0 : 100 },
      ]),
    },
  );
}

const redirect = record<NonNullable<HttpRoute['redirect']>>({
  uri: maybe(6, fc.constantFrom('/new', '/new/place')),
  authority: maybe(5, fc.constantFrom('new.example.com', 'new.example.com:8443')),
  scheme: maybe(3, fc.constantFrom('http', 'https')),
  port: maybe(2, fc.constant(8443)),
  redirectCode: maybe(5, fc.constantFrom(301, 302, 303, 307, 308)),
}).filter(
  ({ uri, authority, port }) =>
    (uri !== undefined || authority !== undefined) && !(port !== undefined && authority?.includes(':')),
);

const directResponse = fc.record({
  status: fc.constantFrom(200, 403, 418, 503),
  body: fc.record({ string: fc.constantFrom('no', 'in maintenance\n') }),
});

const regexRewrite = fc.constantFrom(
  { match: '^/a/(.*)$', rewrite: '/z/\\1' },
  { match: '^/([^/]+)/([^/]+)$', rewrite: '/\\2/\\1' },
);

function rewrite(matches: HttpMatch[] | undefined): fc.Arbitrary<HttpRoute['rewrite']> {
  // Which part a path would take the place of is documented only where a path was matched.
  const ofUri = matches?.every(({ uri }) => uri)
    ? fc.record({ uri: fc.constantFrom('/new', '/x/y') })
    : fc.constant({});
  return fc
    .tuple(
      maybe(4, fc.constantFrom('inner.example.com', 'reviews')),
      fc.oneof(ofUri, fc.record({ uriRegexRewrite: regexRewrite })),
    )
    .map(([authority, path]) => ({ ...path, ...(authority === undefined ? {} : { authority }) }))
    .filter((all) => Object.keys(all).length > 0);
}

function route(namespace: string, matches: fc.Arbitrary<HttpMatch[] | undefined>): fc.Arbitrary<HttpRoute> {
  const forwards = matches.chain((match) =>
    record<HttpRoute>({
      match: fc.constant(match),
      route: destinations(namespace),
      rewrite: maybe(match ? 4 : 2, rewrite(match)),
      headers: maybe(3, ofRoute),
    }),
  );
  return fc.oneof(
    { weight: 6, arbitrary: forwards },
    { weight: 1, arbitrary: record<HttpRoute>({ match: matches, redirect }) },
    { weight: 1, arbitrary: record<HttpRoute>({ match: matches, directResponse }) },
  );
}

const blocks = (namespace: string) => maybe(8, fc.array(match(namespace).filter(some), { minLength: 1, maxLength: 3 }));

/** What a route that delegates asks for, and what its delegate asks for in addition: the narrower of the two, never a conflict. */
const outerBlocks = maybe(
  7,
  fc.constantFrom<HttpMatch[]>(
    [{ uri: { prefix: '/api' } }],
    [{ uri: { prefix: '/api' }, headers: { 'x-env': { exact: 'v' } } }],
    [{ headers: { 'x-env': {} } }, { uri: { prefix: '/api' } }],
  ),
);
const innerBlocks = maybe(
  7,
  fc.constantFrom<HttpMatch[]>(
    [{ uri: { prefix: '/api/v1' } }],
    [{ uri: { exact: '/api/v1' } }, { method: { exact: 'POST' } }],
    [{ headers: { 'x-user': { prefix: 'v' } } }],
    [{ uri: { prefix: '/api/' }, headers: { 'end-user': {} } }],
  ),
);

function virtualService(namespace: string, name: string): fc.Arbitrary<VirtualService> {
  const delegates = record<HttpRoute>({ match: outerBlocks, delegate: fc.constant({ name: 'delegate' }) });
  const routes = fc.array(
    fc.oneof({ weight: 8, arbitrary: route(namespace, blocks(namespace)) }, { weight: 1, arbitrary: delegates }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  // Hosts of one document do not overlap.
  const mine = fc
    .subarray(
      [
        fc.constantFrom('reviews', fullName('reviews', { namespace })),
        fc.constant('ratings'),
        fc.constant(fullName('details', { namespace })),
      ],
      { minLength: 1, maxLength: 2 },
    )
    .chain((picked) => fc.tuple(...picked));
  const hosts = fc
    .tuple(
      fc.oneof(
        { weight: 4, arbitrary: mine },
        { weight: 1, arbitrary: fc.constant<string[]>([`*.${namespace}.svc.cluster.local`]) },
      ),
      maybe(3, fc.constantFrom(`shop.${namespace}.example.com`, `*.${namespace}.example.com`)),
    )
    .map(([inside, outside]) => (outside === undefined ? inside : [...inside, outside]));
  return fc.record({ hosts, routes }).map(({ hosts, routes }) => ({ name, hosts, http: routes.map(withoutCaller) }));
}

/** What becomes of a document without any route for its caller, or for a port, is not documented: the last route is for all. */
function withoutCaller(http: HttpRoute, index: number, all: HttpRoute[]): HttpRoute {
  if (index < all.length - 1 || !http.match) return http;
  const { match, rewrite, ...rest } = http;
  const kept = match.map(({ sourceLabels, sourceNamespace, port, ...block }) => block);
  return kept.every(some) ? { ...rest, match: kept, ...(rewrite ? { rewrite } : {}) } : rest;
}

export function meshes(namespace: string): fc.Arbitrary<Mesh> {
  const delegate = fc
    .array(route(namespace, innerBlocks), { minLength: 1, maxLength: 3 })
    .map((http) => ({ name: 'delegate', hosts: [], http }));
  return fc
    .tuple(fc.integer({ min: 1, max: 3 }), delegate)
    .chain(([count, last]) =>
      fc
        .tuple(...Array.from({ length: count }, (_, index) => virtualService(namespace, `routes-${index}`)))
        .map((documents) => ({ namespace, virtualServices: [...documents, last] })),
    );
}

export function requests(namespace: string): fc.Arbitrary<MeshRequest> {
  const host = fc.constantFrom(
    ...services.flatMap(({ name }) => [
      `${name}.${namespace}`,
      `${name}.${namespace}.svc`,
      fullName(name, { namespace }),
    ]),
    `ratings.${namespace}:8080`,
    `${fullName('ratings', { namespace })}:8080`,
    `shop.${namespace}.example.com`,
    `web.${namespace}.example.com`,
    `a.web.${namespace}.example.com`,
  );
  return fc.record({
    host,
    method: fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'DELETE'),
    path: fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...queries)).map(([path, query]) => path + query),
    headers: fc.dictionary(fc.constantFrom(...headerNames, 'x-set', 'x-add'), fc.constantFrom(...values), {
      maxKeys: 3,
    }),
  });
}
