import { generateKeyPairSync } from 'node:crypto';
import { descriptorOf, type Kind } from '@tollgate/model';

/** Wrong files, each as a user might write it, by what they are about. Every check of the model has at least one here. */
export const wrong: Record<string, string[]> = {};

const vendors = 'apiVersion: tollgate.dev/v1\nkind: Service\nmetadata: { name: vendors }\n';

function document(kind: string, spec: string, metadata = '{ name: x }', apiVersion = versionOf(kind)): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\nspec: ${spec}\n`;
}

function versionOf(kind: string): string {
  return descriptorOf(kind as Kind).apiVersions[0];
}

/** Documents of one kind, each in a file of its own beside the service that it governs. */
function about(kind: string, ...specs: string[]): void {
  wrong[kind] = specs.map((spec) => `${vendors}---\n${document(kind, spec)}`);
}

wrong.file = [
  'a: [1\nb: 2\n',
  'a: 1\na: 2\n',
  'a: *b\n',
  'a: !odd 1\n',
  `a: &a [x]\nb: &b [${'*a, '.repeat(40)}]\nc: [${'*b, '.repeat(40)}]\n`,
  `a: ${'['.repeat(20_000)}`,
  `# ${' '.repeat(16 * 1024 * 1024)}`,
];

wrong.document = [
  '- 1\n',
  'a text\n',
  '3\n',
  'true\n',
  'a: 1\n',
  'kind: 3\n',
  'kind: Servcie\n',
  'kind: Teapot\n',
  'kind: AuditPolicy\n',
  'kind: Gateway\n',
  'kind: Service\nmetadata: { name: a }\n',
  'apiVersion: v1\nkind: Service\nmetadata: { name: a }\n',
  'apiVersion: tollgate.dev/v1\nkind: Service\n',
  'apiVersion: tollgate.dev/v1\nkind: Service\nmetadata: a\n',
  document('Service', '{}', '{ name: 3 }'),
  document('Service', '{}', '{ name: -a }'),
  document('Service', '{}', '{}'),
  document('Service', '{}', '{ name: a, labels: { a: 1 } }'),
  document('Service', '{}', '{ name: a, label: {} }'),
  document('AccessPolicy', '', '{ name: a }'),
  document('AccessPolicy', 'a', '{ name: a }'),
  `${vendors}---\n${vendors}`,
];

about(
  'Service',
  '{ ports: [] }',
  '{ ports: [{ name: a, port: 0 }] }',
  '{ ports: [{ name: a, port: 70000 }] }',
  '{ ports: [{ name: a, port: http }] }',
  '{ ports: [{ name: a, port: 1.5 }] }',
  '{ ports: [{ name: a, port: 80 }, { name: a, port: 81 }] }',
  '{ ports: [{ name: a, port: 80 }, { name: b, port: 80 }] }',
  '{ ports: [{ name: a, port: 80, protocol: HTPP }] }',
  '{ ports: [{ name: a, port: 80 }, { name: b, port: 81, protocol: GRPC }], instances: [{ address: 10.0.0.1, port: 80 }] }',
  '{ instances: [{ address: 10.0.0.1 }] }',
  '{ instances: [{ address: 10.0.0.1, port: 80, ports: { htp: 81 } }] }',
  '{ instances: [{ address: 10.0.0.1, port: 80, ports: { http: 81 } }] }',
  '{ healthCheck: {} }',
  '{ healthCheck: { path: healthz } }',
  '{ healthCheck: { path: /healthz, interval: 0s } }',
  '{ healthCheck: { path: /healthz, healthy: 0 } }',
  '{ healthCheck: { path: /healthz }, ports: [{ name: a, port: 80, protocol: TCP }] }',
  '{ balance: random }',
  '{ instances: [{ address: "a b", port: 80 }] }',
  '{ instances: [{ address: 10.0.0.1, port: 80, weight: 0 }] }',
  '{ instances: [{ address: 10.0.0.1, port: 80, zone: "" }] }',
  '{ hosts: ["a b"] }',
  '{ hosts: [vendors] }',
  '{ registry: closed }',
  '{ grants: [{ consumer: nobody }] }',
  '{ grants: [{ consumer: vendor }] }',
  '{ trustHeaders: [x-real-ip] }',
  '{ trustHeaders: [x-original-uri] }',
);

about(
  'Node',
  '{ services: [] }',
  '{ services: [vendor] }',
  '{ services: [teapot] }',
  '{ services: [vendors], workers: 0 }',
  '{ services: [vendors], zone: eu/eu-1/a/b }',
  '{ services: [vendors], inbound: [{ service: vendors, port: htp, listen: { address: 127.0.0.1, port: 1 }, to: { address: 127.0.0.1, port: 2 } }] }',
  '{ services: [vendors], inbound: [{ service: vendors, port: [80], listen: { address: 127.0.0.1, port: 1 }, to: { address: 127.0.0.1, port: 2 } }] }',
  '{ services: [vendors], outbound: { listen: { address: 127.0.0.1, port: 1 }, to: { service: vendor } } }',
  '{ services: [vendors], outbound: { listen: { address: 127.0.0.1, port: 1 }, to: { service: vendors, port: pg } } }',
  '{ services: [vendors], outbound: { listen: { address: 127.0.0.1, port: 1 }, to: { service: vendors, port: http } } }',
  '{ services: [vendors], outbound: { listen: { address: 127.0.0.1, port: 1 }, to: { service: vendors } } }',
  '{ services: [vendors], workers: many }',
  '{ services: [vendors], trustedHops: 17 }',
  '{ services: [vendors], underscores: keep }',
  '{ services: [vendors], timeouts: { request: 10 } }',
  '{ services: [vendors], timeouts: { headers: 0s } }',
  '{ services: [vendors], connectionBuffer: 64 }',
  '{ services: [vendors], connectionBuffer: 64kb }',
  '{ services: [vendors], connectionBuffer: 1B }',
  '{ services: [vendors], http2: { concurrentStreams: 0 } }',
  '{ services: [vendors], outbound: 3 }',
  '{ services: [vendors], outbound: [] }',
  '{ services: [vendors], outbound: { listen: { address: localhost, port: 1 } } }',
  '{ services: [vendors], outbound: { listen: { address: 3, port: 1 } } }',
  '{ services: [vendors], outbound: { service: vendor, listen: { address: 127.0.0.1, port: 1 } } }',
  '{ services: [vendors, orders], outbound: { listen: { address: 127.0.0.1, port: 1 } } }',
  '{ services: [vendors], admin: { address: 0.0.0.0, port: 1 } }',
  '{ services: [vendors], admin: { address: 127.0.0.1, port: 1 }, outbound: { listen: { address: 127.0.0.1, port: 1 } } }',
  '{ services: [vendors], inbound: [{ service: orders, listen: { address: 127.0.0.1, port: 1 }, to: { address: 127.0.0.1, port: 1 } }] }',
);
for (const [index, text] of (wrong.Node ?? []).entries())
  if (text.includes('[vendors, orders]'))
    (wrong.Node as string[])[index] = `${text}---\n${document('Service', '{}', '{ name: orders }')}`;

const node = (name: string, address: string) =>
  document(
    'Node',
    `{ services: [vendors], outbound: { listen: { address: ${address}, port: 1 } } }`,
    `{ name: ${name} }`,
  );
wrong.Node?.push(
  ...['127.0.0.1', '0.0.0.0', '10.0.0.1'].map((address) =>
    [vendors, ...['a', 'b', 'c'].map((name) => node(name, address))].join('---\n'),
  ),
);
const inbound =
  '{ services: [vendors], inbound: [{ service: vendors, listen: { address: 10.0.0.1, port: 9001 }, to: { address: 127.0.0.1, port: 7001 } }] }';
wrong.Service?.push(
  ...['127.0.0.1', 'localhost', '10.0.0.1'].map((address) =>
    [
      document('Service', `{ instances: [{ address: ${address}, port: 7001 }] }`, '{ name: vendors }'),
      document('Node', inbound, '{ name: a }'),
    ].join('---\n'),
  ),
);

const access = (fields: string) => `{ ${fields}, rules: [{ name: a, deny: [192.0.2.1] }] }`;
const rule = (fields: string) => `{ rules: [{ name: a, ${fields} }] }`;
const match = (conditions: string) => rule(`deny: [192.0.2.1], match: [${conditions}]`);
about(
  'AccessPolicy',
  '{}',
  '{ rules: 3 }',
  '{ rules: [] }',
  '{ rule: [] }',
  '{ rules: [{ name: a }, { name: a }] }',
  '{ rules: [{ name: a, alow: [] }] }',
  rule('allow: []'),
  rule('deny: [3]'),
  rule('deny: [10.0.0]'),
  rule('deny: [10.0.0.0/33]'),
  rule('deny: ["2001:db8::/129"]'),
  rule('deny: ["::ffff:10.0.0.0/8"]'),
  rule('match: []'),
  match('{ path: /a }'),
  match('{ path: {} }'),
  match('{ path: { exact: /a, prefix: /b } }'),
  match('{ path: { exact: a } }'),
  match('{ path: { exact: 3 } }'),
  match('{ path: { prefix: /a%2fb } }'),
  match("{ path: { prefix: '/a?b=c' } }"),
  match('{ path: { suffix: "" } }'),
  match('{ query: { "ä": { present: true } } }'),
  match('{ methods: [] }'),
  match('{ methods: [get] }'),
  match('{ methods: [GTE] }'),
  match('{ methods: [PROPFID] }'),
  match('{ methods: [FROBNICATE] }'),
  match('{ addresses: [10.0.0.13/8] }'),
  rule('allow: ["2001:db8::1/32"]'),
  rule('deny: ["::ffff:10.1.2.3/104"]'),
  '{ rules: [{ name: a, deny: [10.0.0.0/8] }, { name: b, match: [{ path: { prefix: /b } }], deny: [10.0.0.0/8] }] }',
  '{ rules: [{ name: a }, { name: b, match: [{ path: { prefix: /b } }], allow: [10.0.0.0/8] }] }',
  '{ rules: [{ name: a, overlap: intend }] }',
  match('{ methods: [3] }'),
  match('{ hosts: ["a b"] }'),
  match('{ headers: { "a b": { present: true } } }'),
  match('{ headers: { a: { present: 3 } } }'),
  match('{ headers: { a: {} } }'),
  match('{ query: { a: { exact: x, present: true } } }'),
  match('{ consumers: [3] }'),
  match('{ consumers: ["a b"] }'),
  match('{ consumers: [vendor] }'),
  match('{ consumers: [teapot] }'),
  match('{ consumers: ["jwt:"] }'),
  match('{ consumers: ["jwt:alice"] }'),
  match('{ consumers: ["spiffe://A/b"] }'),
  match('{ addresses: [] }'),
  access('side: provder'),
  access('side: 3'),
  access('mode: off'),
  access('mode: { percent: 101 }'),
  access('mode: { percent: -1 }'),
  access('mode: { percent: all }'),
  access('mode: { percent: 0.001 }'),
  access('targetRefs: []'),
  access('targetRefs: [{ kind: Gateway, name: vendors }]'),
  access('targetRefs: [{ kind: Service, name: vendor }]'),
  access('targetRefs: [{ kind: Service, name: vendors, namespace: b }]'),
  access('examples: [{ request: {} }]'),
  access('examples: [{ request: {}, expect: { verdict: maybe } }]'),
  access('examples: [{ request: {}, expect: { verdict: denied, reason: adress_denied } }]'),
  access('examples: [{ request: { address: a }, expect: { verdict: allowed } }]'),
  access('examples: [{ request: { times: 0 }, expect: { verdict: allowed } }]'),
  access('side: consumer, examples: [{ request: { consumer: "jwt:a" }, expect: { verdict: allowed } }]'),
  access('examples: [{ request: { address: 192.0.2.1 }, expect: { verdict: allowed } }]'),
);
wrong.AccessPolicy?.push(document('AccessPolicy', access('mode: shadow'), '{ name: a, namespace: b }'));

const system = 'systems: [{ id: orders, secrets: [{ env: A }] }]';
about(
  'TokenPolicy',
  '{}',
  '{ systems: [] }',
  '{ systems: [{ id: "a b", secrets: [{ env: A }] }] }',
  '{ systems: [{ id: anonymous, secrets: [{ env: A }] }] }',
  '{ systems: [{ id: a, secrets: [] }] }',
  '{ systems: [{ id: a, secrets: [A] }] }',
  '{ systems: [{ id: a, secrets: [{ env: A, file: b }] }] }',
  '{ systems: [{ id: a, secrets: [{ env: "A B" }] }] }',
  '{ systems: [{ id: a, service: teapot, secrets: [{ env: A }] }] }',
  '{ systems: [{ id: a, secrets: [{ env: A }] }, { id: a, secrets: [{ env: A }] }] }',
  `{ ${system}, skew: 10 }`,
  `{ ${system}, skew: 10x }`,
  `{ ${system}, skew: 200h }`,
  `{ ${system}, header: "a b" }`,
  `{ ${system}, header: 3 }`,
  `{ ${system}, headers: { date: x-nonce } }`,
  `{ ${system}, notBefore: today }`,
  `{ ${system}, notBefore: 3 }`,
  `{ ${system}, notBefore: "2026-11-21T10:00:00Z" }`,
  `{ ${system}, replay: { refuse: true } }`,
  `{ ${system}, replay: { refuse: maybe } }`,
  `{ ${system}, date: second, replay: { refuse: true, window: 1s } }`,
  `{ ${system}, rules: [{ name: a, systems: [order] }] }`,
  `{ ${system}, rules: [{ name: a, systems: [teapot] }] }`,
  `{ ${system}, examples: [{ request: { consumer: teapot }, expect: { verdict: allowed } }] }`,
);

const rules = (...written: string[]) => `{ ${system}, rules: [${written.join(', ')}] }`;
const admin = (name: string, fields = '') => `{ name: ${name}, match: [{ path: { prefix: /admin } }]${fields} }`;
wrong.TokenPolicy?.push(
  ...[
    rules('{ name: adm, match: [{ path: { prefix: /adm } }], require: none }', admin('admin')),
    rules('{ name: all, require: none }', ...['a', 'b', 'c', 'd', 'e'].map((name) => admin(name))),
    rules(admin('a'), admin('b', ', require: none')),
    rules(
      admin('a'),
      '{ name: b, match: [{ path: { exact: /x } }, { path: { exact: /admin } }, { path: { exact: /x } }] }',
    ),
    rules(
      admin('a'),
      '{ name: b, match: [{ path: { exact: /b } }] }',
      '{ name: c, match: [{ path: { exact: /b } }, { path: { exact: /admin/c } }] }',
    ),
  ].map((text) => `${vendors}---\n${document('TokenPolicy', text)}`),
);

const provider = (fields: string) => `{ providers: [{ name: p, issuer: i, ${fields} }] }`;
const from = (source: string) => provider(`jwks: { env: A }, from: [${source}]`);
const spec = (fields: string) => `{ providers: [{ name: p, issuer: i, jwks: { env: A } }], ${fields} }`;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const inline = (text: string) => provider(`jwks: { inline: ${JSON.stringify(text)} }`);
const keys = (...given: object[]) => inline(JSON.stringify({ keys: given.map((key) => ({ kid: 'k', ...key })) }));
about(
  'JwtPolicy',
  '{}',
  '{ providers: [] }',
  provider('jwks: { env: A, file: b }'),
  provider('jwks: { env: A, refresh: 1m }'),
  provider('jwks: { uri: "file:///keys" }'),
  provider('jwks: { uri: "https://issuer.example", refresh: 1s }'),
  provider('jwks: { uri: "https://issuer.example", timeout: 1m }'),
  provider('jwks: { env: A }, audiences: []'),
  from('{ query: a, prefix: b }'),
  from('{ query: a, cookie: b }'),
  '{ providers: [{ name: p, issuer: "", jwks: { env: A } }] }',
  `{ providers: [{ name: p, issuer: ${'i'.repeat(1025)}, jwks: { env: A } }] }`,
  '{ side: both, providers: [{ name: p, issuer: i, jwks: { env: A }, forward: false }] }',
  '{ providers: [{ name: p, issuer: i, jwks: { env: A } }, { name: q, issuer: i, jwks: { env: B } }] }',
  spec('rules: [{ name: a, providers: [q] }]'),
  spec('rules: [{ name: a, providers: [teapot] }]'),
  spec('rules: [{ name: a, require: none, scopes: [x] }]'),
  spec('rules: [{ name: a, scopes: ["x y"] }]'),
  spec('rules: [{ name: a, claims: { role: [[]] } }]'),
  spec('examples: [{ request: { consumer: orders }, expect: { verdict: allowed } }]'),
  inline('{'),
  inline('{"keys":[],"keys":[]}'),
  inline('{"kty":"RSA"}'),
  inline(JSON.stringify({ keys: Array.from({ length: 65 }, () => rsa) })),
  inline('{"keys":[{"kty":"oct","k":"AA"}]}'),
  keys({ kty: 'oct', k: 'AA' }),
  keys({ ...rsa, d: 'AA' }),
  keys({ ...ed25519, crv: 'Ed448' }),
  keys({ ...ed25519, x: 'AA' }),
  keys({ ...ed25519, x: Buffer.alloc(32).toString('base64url') }),
  keys({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }),
  keys({ ...rsa, alg: null }),
  keys({ ...rsa, alg: 'ES256' }),
  keys({ ...rsa, kid: 3 }),
  keys({ ...rsa, n: 'AQAB' }),
  keys({ ...rsa, e: 'AQ' }),
  keys({ ...rsa, e: 'AQAD', alg: 'PS256' }),
  keys({ ...rsa, n: 'v'.repeat(700), alg: 'PS256' }),
  keys({ ...rsa, use: 'enc' }),
  keys(rsa, rsa),
);
wrong.JwtPolicy?.push(
  [
    vendors,
    document('JwtPolicy', provider('jwks: { env: A }'), '{ name: a }'),
    document('JwtPolicy', '{ providers: [{ name: p, issuer: j, jwks: { env: A } }] }', '{ name: b }'),
  ].join('---\n'),
  [
    vendors,
    document('JwtPolicy', provider('jwks: { env: A }'), '{ name: a }'),
    document('JwtPolicy', '{ providers: [{ name: q, issuer: i, jwks: { env: A } }] }', '{ name: b }'),
  ].join('---\n'),
  ...['jwt:q/alice', 'jwt:teams/alice', 'jwt:https://i.example/alice'].map((consumer) =>
    [
      vendors,
      document('JwtPolicy', provider('jwks: { env: A }'), '{ name: a }'),
      document(
        'RequestAuthentication',
        '{ jwtRules: [{ issuer: "https://i.example", jwksUri: "https://i.example" }] }',
        '{ name: a }',
        'security.istio.io/v1',
      ),
      document('AccessPolicy', match(`{ consumers: ["${consumer}"] }`), '{ name: a }'),
    ].join('---\n'),
  ),
);

const limit = (fields: string) => `{ limits: [{ name: a, key: [service], ${fields} }] }`;
const shares = (fields: string) => `{ fairShares: { requests: 1, per: 1s, ${fields} } }`;
about(
  'RateLimitPolicy',
  '{}',
  '{ limits: [] }',
  '{ limits: [{ name: fairShares, key: [service], concurrent: 1 }] }',
  '{ limits: [{ name: a, key: [], concurrent: 1 }] }',
  '{ limits: [{ name: a, key: [router], concurrent: 1 }] }',
  '{ limits: [{ name: a, key: [{ header: x, cookie: y }], concurrent: 1 }] }',
  `{ limits: [{ name: a, key: [${'path, '.repeat(9)}], concurrent: 1 }] }`,
  limit('keysMax: 0, concurrent: 1'),
  limit('headers: 3, concurrent: 1'),
  limit('burst: 1'),
  limit('requests: 1'),
  limit('per: 1s'),
  limit('requests: 1, per: 10'),
  limit('requests: 1, per: 10x'),
  limit('requests: 1, per: 0s'),
  limit('requests: 1, per: 9000h'),
  limit('requests: many, per: 1s'),
  limit('requests: 1.5, per: 1s'),
  limit('requests: -1, per: 1s'),
  limit('requests: 5000000000, per: 1s'),
  limit('requests: 1, per: 1s, algorithm: leaky'),
  limit('requests: 1, per: 1s, algorithm: sliding-window, burst: 2'),
  limit('concurrent: 1, requests: 1'),
  limit('requests: 0, per: 1s, burst: 5'),
  limit('requests: 1, per: 1s, burst: 1, cost: 3'),
  limit('requests: 1, per: 1s, cost: { header: x, default: 2 }'),
  limit('requests: 1, per: 1s, cost: 0'),
  limit('requests: 1, per: 1s, cost: x'),
  limit('requests: 1, per: 1s, cost: { header: x, default: 2, max: 1 }'),
  shares('weights: { a: 0 }'),
  shares('weights: { a: 1001 }'),
  shares('weights: { a: x }'),
  shares('weights: { a: 0.125 }'),
  shares('weights: { "a b": 1 }'),
  shares('weights: { teapot: 1 }'),
);

const breaker = (fields: string) => `{ breakers: [{ name: a, ${fields} }] }`;
const tripped = (fields: string) => breaker(`trip: { consecutiveFailures: 5 }, ${fields}`);
about(
  'CircuitBreakerPolicy',
  '{}',
  breaker('trip: {}'),
  breaker('probes: 1'),
  breaker('trip: { slowPercent: 3 }'),
  breaker('trip: { slowPercent: 3, slowAfter: 3h }'),
  breaker('trip: { consecutiveFailures: 0 }'),
  breaker('trip: { failurePercent: 0.001 }'),
  tripped('key: [route]'),
  tripped('key: [service, service]'),
  tripped('window: 3h'),
  tripped('window: 3'),
  tripped('probes: 101'),
  tripped('failures: { statuses: [5x] }'),
  tripped('failures: { statuses: [true] }'),
  tripped('failures: { grpc: [UNAVAILABEL] }'),
  tripped('open: { for: 10s, forMax: 5s }'),
  tripped('fallback: { status: 100 }'),
  tripped('fallback: { headers: { content-length: "3" } }'),
  tripped('fallback: { headers: { a: "ä" } }'),
  tripped('fallback: { headers: { a: 3 } }'),
  tripped(`fallback: { body: ${'a'.repeat(65_537)} }`),
);

const jwtRule = (fields: string) => `{ jwtRules: [{ issuer: i, ${fields} }] }`;
const fetched = 'jwksUri: "https://i.example"';
about(
  'RequestAuthentication',
  '{ jwtRules: [{}] }',
  jwtRule('audiences: []'),
  jwtRule(`${fetched}, jwks: "{}"`),
  jwtRule(`${fetched}, jwks: '{"keys":[]}'`),
  jwtRule(`jwks: '{"keys":[{"kty":"oct","k":"AA"}]}'`),
  jwtRule('jwksUri: i.example'),
  jwtRule(`${fetched}, timeout: 1m`),
  jwtRule(`${fetched}, spaceDelimitedClaims: [x]`),
  jwtRule(`${fetched}, outputPayloadToHeader: "a b"`),
  jwtRule(`${fetched}, outputClaimToHeaders: [{ header: a, claim: b..c }]`),
  jwtRule(`${fetched}, outputClaimToHeaders: [{ header: a, claim: b }, { header: A, claim: c }]`),
  `{ jwtRules: [{ issuer: i, ${fetched} }, { issuer: i, ${fetched} }] }`,
  '{ selector: {}, targetRefs: [{ kind: Service, name: vendors }] }',
  '{ targetRef: { kind: Service, name: vendors } }',
  '{ targetRefs: [{ kind: Gateway, name: vendors }] }',
  '{ targetRefs: [{ kind: Service, name: vendors, namespace: b }] }',
);
wrong.RequestAuthentication?.push(
  [
    vendors,
    ...['a', 'b'].map((name) =>
      document('RequestAuthentication', jwtRule(fetched), `{ name: ${name} }`, 'security.istio.io/v1'),
    ),
  ].join('---\n'),
  document('RequestAuthentication', '{}', '{ name: a }', 'tollgate.dev/v1'),
);

const plugin = (fields: string) => `{ url: "file://a.wasm", ${fields} }`;
about(
  'WasmPlugin',
  '{}',
  ...['3', '""', 'oci://a.example/b:1', 'a/b.wasm', '"file:a.wasm"', 'file://', 'ftp://a/b'].map(
    (url) => `{ url: ${url} }`,
  ),
  ...['http://', 'https://u:p@a.example/b'].map((url) => `{ url: "${url}", sha256: ${'a'.repeat(64)} }`),
  '{ url: "https://a.example/b" }',
  plugin('sha256: abc'),
  plugin('imagePullPolicy: Always, imagePullSecret: a, verificationKey: a'),
  plugin('type: NETWORK'),
  plugin('phase: FIRST'),
  plugin('priority: 1.5'),
  plugin('failStrategy: FAIL_CLOSED'),
  plugin('pluginConfig: [a]'),
  plugin('pluginConfig: { a: .inf }'),
  plugin('pluginName: ""'),
  plugin('vmConfig: { env: [{ name: a-b }] }'),
  plugin('vmConfig: { env: [{ name: a }, { name: a }] }'),
  plugin('vmConfig: { env: [{ name: A, valueFrom: HOST, value: a }] }'),
  plugin('vmConfig: { env: [{ name: A, valueFrom: SECRET }] }'),
  plugin('vmConfig: { env: [{ name: A, value: "\\0" }] }'),
  plugin('vmConfig: { env: [{ name: TOLLGATE_SECRET_A, valueFrom: HOST }] }'),
  plugin('match: [{ mode: INBOUND }]'),
  plugin('match: [{ ports: [{ number: 1 }, { number: 1 }] }]'),
  plugin('targetRefs: [{ kind: Service, name: vendors }], match: [{ mode: CLIENT }]'),
  plugin('targetRefs: [{ kind: Gateway, name: a }]'),
  plugin('targetRef: { kind: Service, name: a }'),
  plugin('selector: {}, targetRefs: [{ kind: Service, name: vendors }]'),
  plugin('selector: { matchLabels: { app: "*" } }'),
  plugin('selector: { matchLabels: { app: orders } }'),
);
wrong.WasmPlugin?.push(
  document('WasmPlugin', plugin(''), '{ name: a, namespace: nobody }'),
  document('WasmPlugin', plugin(''), '{ name: a }', 'extensions.istio.io/v1'),
  [
    vendors,
    document('TokenPolicy', '{ systems: [{ id: orders, secrets: [{ env: ORDERS }] }] }'),
    document('WasmPlugin', plugin('vmConfig: { env: [{ name: ORDERS, valueFrom: HOST }] }')),
  ].join('---\n'),
);

/** As URLs, sockets and interfaces have them. */
wrong['spellings of addresses and ports'] = [
  ...['"[::1]"', '"[::1]:80"', 'fe80::1%eth0', '127.0.0.1:80', 'vendors:80', 'http://vendors/', '" ::1"', 'a b'].map(
    (address) => document('Service', `{ instances: [{ address: ${address}, port: 80 }] }`),
  ),
  document('Service', '{ instances: [{ address: "::1", port: "8080" }] }'),
  document('Node', '{ services: [x], outbound: { listen: { address: "[::1%lo]", port: 80 } } }'),
  `${vendors}---\n${document('AccessPolicy', '{ targetRefs: [{ kind: Service, name: vendors }], rules: [{ name: a, deny: ["[::1]/128", "127.0.0.1:80", "10.0.0.0 /8"] }] }')}`,
];

const entry = (fields: string, port = '{ number: 443, name: https, protocol: HTTPS }') =>
  `{ hosts: [a.example.com], ports: [${port}], ${fields} }`;
const inMesh = (fields: string) => entry(`location: MESH_INTERNAL, resolution: STATIC, ${fields}`);
about(
  'ServiceEntry',
  '{}',
  '{ hosts: [], ports: [], resolution: DNS }',
  '{ hosts: ["*"], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }',
  '{ hosts: ["a b"], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }',
  '{ hosts: ["a.example.com:80"], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }',
  '{ hosts: ["*.example.com"], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }',
  '{ hosts: [localhost], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }',
  '{ hosts: [vendors.default], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }',
  entry('resolution: DNS', '{ number: 443, name: https }'),
  entry('resolution: DNS', '{ number: 443, name: https, protocol: HTPS }'),
  entry('resolution: DNS', '{ number: 443, name: https, protocol: MONGO }'),
  entry('resolution: DNS', '{ number: 80, name: a, protocol: HTTP }, { number: 80, name: b, protocol: HTTP }'),
  entry('location: MESH_EXTERNAL'),
  entry('resolution: NONE'),
  entry('resolution: DYNAMIC_DNS'),
  entry('resolution: DNS, addresses: [192.0.2.0/24]'),
  entry('resolution: DNS, exportTo: ["a b"]'),
  entry('resolution: STATIC'),
  entry('resolution: DNS, endpoints: [{ address: "unix:///run/a" }]'),
  entry('resolution: DNS, endpoints: [{ address: "127.1" }]'),
  entry('resolution: DNS, endpoints: [{ address: a.b, network: n, serviceAccount: s }]'),
  entry('resolution: DNS, endpoints: [{ address: a.b, locality: "a b" }]'),
  entry('resolution: DNS_ROUND_ROBIN, endpoints: [{ address: a.b }, { address: c.d }]'),
  entry('resolution: STATIC, endpoints: [{ address: a.b }]'),
  entry('resolution: STATIC, endpoints: [{ address: 127.0.0.1 }]'),
  entry('resolution: STATIC, endpoints: [{ address: 169.254.169.254 }]'),
  entry('resolution: STATIC, endpoints: [{ address: 0.0.0.0 }]'),
  entry('resolution: STATIC, endpoints: [{ address: 10.0.0.1, ports: { http: 80 } }]'),
  entry('resolution: STATIC, workloadSelector: { labels: { app: a } }'),
  entry('location: MESH_INTERNAL, resolution: DNS, workloadSelector: { labels: { app: a } }'),
  inMesh('workloadSelector: { labels: { app: a } }'),
  inMesh('workloadSelector: { labels: { app: "a*" } }'),
  inMesh('endpoints: [{ address: 10.0.0.1 }], workloadSelector: {}'),
);
wrong.ServiceEntry?.push(
  [
    vendors,
    document('Node', '{ services: [vendors], admin: { address: 127.0.0.1, port: 9901 } }'),
    document('ServiceEntry', inMesh('endpoints: [{ address: 127.0.0.1, ports: { https: 9901 } }]'), '{ name: x }'),
  ].join('---\n'),
  ['a', 'b'].map((name) => document('ServiceEntry', entry('resolution: DNS'), `{ name: ${name} }`)).join('---\n'),
);

about(
  'Sidecar',
  '{ egress: [{}] }',
  '{ egress: [{ hosts: [] }] }',
  '{ egress: [{ hosts: ["a/b/c"] }] }',
  '{ egress: [{ hosts: ["./*"] }, { hosts: ["./*"] }] }',
  '{ egress: [{ hosts: ["./*"], port: { number: 80 }, bind: 127.0.0.1, captureMode: IPTABLES }] }',
  '{ egress: [{ hosts: ["./*", "istio-system/*", api.example.com] }] }',
  '{ outboundTrafficPolicy: { mode: ALLOW_ANY } }',
  '{ outboundTrafficPolicy: { egressProxy: { host: a } } }',
  '{ ingress: [{}], inboundConnectionPool: {} }',
  '{ workloadSelector: { labels: { app: x } } }',
);
const sidecar = (name: string, spec: string, namespace = 'default') =>
  document('Sidecar', spec, `{ name: ${name}, namespace: ${namespace} }`);
wrong.Sidecar?.push(
  `${vendors}---\n${['a', 'b'].map((name) => sidecar(name, '{}')).join('---\n')}`,
  `${vendors}---\n${['a', 'b'].map((name) => sidecar(name, '{ workloadSelector: {} }')).join('---\n')}`,
  sidecar('a', '{ workloadSelector: {} }', 'istio-system'),
);

const toVendors = (fields: string) => `{ host: vendors, ${fields} }`;
const policy = (fields: string) => toVendors(`trafficPolicy: { ${fields} }`);
const balancer = (fields: string) => policy(`loadBalancer: { ${fields} }`);
const hash = (fields: string) => balancer(`consistentHash: { ${fields} }`);
const pool = (fields: string) => policy(`connectionPool: { ${fields} }`);
const outlier = (fields: string) => policy(`outlierDetection: { ${fields} }`);
const tls = (fields: string) => policy(`tls: { ${fields} }`);
const destinationRules = (...specs: string[]) =>
  specs.map((spec, index) => document('DestinationRule', spec, `{ name: r${index} }`));
about(
  'DestinationRule',
  '{}',
  '{ host: "a b" }',
  '{ host: nobody }',
  toVendors('subset: []'),
  toVendors('subsets: [{ labels: {} }]'),
  toVendors('subsets: [{ name: V1 }]'),
  toVendors('subsets: [{ name: v1 }, { name: v1 }]'),
  toVendors('exportTo: ["*", other]'),
  toVendors('exportTo: [".", "."]'),
  toVendors('exportTo: [Other]'),
  toVendors('exportTo: [other, "."], workloadSelector: { matchLabels: { app: orders } }'),
  toVendors('trafficPolicy: {}'),
  policy('tunnel: {}'),
  policy('proxyProtocol: {}'),
  policy('retryBudget: { percent: 101 }'),
  policy('portLevelSettings: [{ port: { number: 80 } }]'),
  policy('portLevelSettings: [{ port: { number: 80 }, tls: {} }, { port: { number: 80 }, tls: {} }]'),
  policy('portLevelSettings: [{ port: { number: 81 }, tls: {} }]'),
  balancer('simple: PASSTHROUGH'),
  balancer('simple: LEAST_REQUESTS'),
  balancer('zoneAwareLbSetting: {}'),
  balancer('localityLbSetting: { distribute: [{ from: "eu/*/a", to: { us: 100 } }] }'),
  balancer('localityLbSetting: { distribute: [{ from: a/b/c/d, to: { us: 100 } }] }'),
  balancer('localityLbSetting: { distribute: [{ from: eu, to: { us: 50, "us/*": 40 } }] }'),
  balancer('localityLbSetting: { distribute: [{ from: eu, to: { us: 0 } }] }'),
  balancer('localityLbSetting: { failover: [{ from: eu/one, to: us }] }'),
  balancer('localityLbSetting: { failover: [{ from: eu, to: eu }] }'),
  balancer('localityLbSetting: { failover: [{ from: eu, to: us }], distribute: [{ from: eu, to: { us: 100 } }] }'),
  balancer('localityLbSetting: { failover: [{ from: eu, to: us }], failoverPriority: [topology.kubernetes.io/zone] }'),
  balancer('localityLbSetting: { failoverPriority: ["a b"] }'),
  balancer('localityLbSetting: { failover: [{ from: eu, to: us }] }'),
  balancer('simple: RANDOM, consistentHash: { useSourceIp: true }'),
  balancer('simple: RANDOM, warmup: { duration: 1s }'),
  balancer('warmup: { duration: 1s }, warmupDurationSecs: 1s'),
  balancer('warmup: { duration: 1s, aggression: 0 }'),
  balancer('warmupDurationSecs: 1s'),
  hash(''),
  hash('httpHeaderName: a, useSourceIp: true'),
  hash('useSourceIp: false'),
  hash('httpCookie: {}'),
  hash('httpCookie: { name: "a b" }'),
  hash('httpCookie: { name: a, path: / }'),
  hash('httpCookie: { name: a, path: /;b, ttl: 0s }'),
  hash('httpCookie: { name: a, ttl: 500ms }'),
  hash('httpCookie: { name: a, ttl: 1s, attributes: [{ name: b }, { name: b }] }'),
  hash('useSourceIp: true, maglev: { tableSize: 65536 }'),
  hash('useSourceIp: true, maglev: { tableSize: 5000017 }'),
  hash('useSourceIp: true, ringHash: { minimumRingSize: 8388609 }'),
  hash('useSourceIp: true, ringHash: {}, maglev: {}'),
  hash('useSourceIp: true, minimumRingSize: 10'),
  pool(''),
  pool('tcp: { maxConnections: -1 }'),
  pool('tcp: { connectTimeout: 0s }'),
  pool('tcp: { connectTimeout: 3d }'),
  pool('tcp: { connectTimeout: 1.5ms }'),
  pool('tcp: { connectTimeout: 9000h }'),
  pool('tcp: { tcpKeepalive: { time: 1500ms } }'),
  pool('tcp: { tcpKeepalive: { interval: 10h } }'),
  pool('http: { useClientProtocol: true, h2UpgradePolicy: UPGRADE }'),
  pool('http: { http2KeepAlive: { interval: 1s } }'),
  outlier('consecutiveErrors: 1, consecutiveGatewayErrors: 1'),
  outlier('consecutiveErrors: 1'),
  outlier('consecutiveLocalOriginFailures: 1'),
  outlier('maxEjectionPercent: 101'),
  outlier('outlierDetectionHttpErrorCodes: [600]'),
  tls('mode: MUTUAL'),
  tls('mode: ISTIO_MUTUAL'),
  tls('mode: SIMPLE, clientCertificate: /a, privateKey: /b, credentialName: c, caCrl: /d'),
  tls('mode: SIMPLE, caCertificates: ca.pem'),
  tls('mode: SIMPLE, caCertificates: /ca.pem, insecureSkipVerify: true'),
  tls('sni: vendors.example.com'),
);
wrong.DestinationRule?.push(
  `${vendors}spec: { instances: [{ address: 127.0.0.1, port: 1, labels: { version: v1 } }] }\n---\n${destinationRules(toVendors('subsets: [{ name: v2, labels: { version: v2 } }]'))}`,
  `${vendors}---\n${destinationRules(
    toVendors('trafficPolicy: { tls: {} }, subsets: [{ name: v1 }]'),
    toVendors('trafficPolicy: { tls: {} }, subsets: [{ name: v1 }]'),
  ).join('---\n')}`,
);
const feed = (spec: string) => `${document('Service', `{ ${spec} }`, '{ name: feed }')}---\n`;
const plain = 'ports: [{ name: feed, port: 7000, protocol: TCP }]';
const both = 'ports: [{ name: http, port: 80 }, { name: feed, port: 7000, protocol: TCP }]';
wrong['plain TCP'] = [
  ...[
    '{ limits: [{ name: a, key: [service], requests: 5, per: 1s }] }',
    '{ limits: [{ name: a, key: [path], concurrent: 5 }] }',
    '{ limits: [{ name: a, key: [{ header: x-a }], concurrent: 5, headers: true }] }',
    '{ limits: [{ name: a, key: [service], concurrent: 5, match: [{ methods: [GET] }] }] }',
    '{ fairShares: { requests: 5, per: 1s } }',
  ].map((spec) => feed(plain) + document('RateLimitPolicy', spec)),
  feed(plain) + document('TokenPolicy', '{ systems: [{ id: orders, secrets: [{ env: A }] }] }'),
  feed(both) + document('RateLimitPolicy', '{ limits: [{ name: a, key: [service], requests: 5, per: 1s }] }'),
  `${vendors}---\n${feed(plain)}${document('RateLimitPolicy', '{ limits: [{ name: a, key: [service], requests: 5, per: 1s }] }')}`,
  feed(plain) +
    vendors +
    '---\n' +
    document(
      'Node',
      '{ services: [vendors], outbound: { listen: { address: 127.0.0.1, port: 1 }, to: { service: feed } } }',
    ) +
    '---\n' +
    document('Sidecar', '{ egress: [{ hosts: [./vendors] }] }', '{ name: x }', 'networking.istio.io/v1'),
  feed(`${plain}, registry: granted-only`) +
    vendors +
    '---\n' +
    document(
      'Node',
      '{ services: [vendors], outbound: { listen: { address: 127.0.0.1, port: 1 }, to: { service: feed } } }',
    ),
];

const routed = 'route: [{ destination: { host: vendors } }]';

about(
  'VirtualService',
  '{ hosts: [vendors] }',
  ...[
    "hosts: ['*']",
    'hosts: [a..b]',
    'hosts: [vendors, Vendors]',
    "hosts: [vendors.example, '*.example']",
    'hosts: [vendors], gateways: [ingress]',
    'gateways: [mesh]',
    "hosts: [vendors], exportTo: ['*', default]",
    'hosts: [vendors], exportTo: [A]',
    'hosts: [vendors], tls: [{ match: [{ sniHosts: [other] }], route: [{ destination: { host: teapot } }] }]',
    'hosts: [vendors], tls: [{ match: [], route: [] }]',
    'hosts: [vendors], tls: [{ match: [{ sniHosts: [vendors], gateways: [edge], destinationSubnets: [a] }], route: [{ destination: { host: vendors } }] }]',
    'hosts: [vendors], tcp: [{ match: [{ sourceSubnet: 10.0.0.0/8 }], route: [{ destination: { host: vendors } }, { destination: { host: vendors } }] }]',
    'hosts: [vendors], tcp: [{ route: [{ destination: { host: teapot } }] }]',
  ].map((more) => `{ ${more}, http: [{ ${routed} }] }`),
  '{ http: [{ delegate: { name: x } }] }',
  ...[
    'timeout: 1s',
    'route: []',
    'route: [{ weight: 1 }]',
    'route: [{ destination: {} }]',
    "route: [{ destination: { host: '*.example' } }]",
    'route: [{ destination: { host: nobody } }]',
    'route: [{ destination: { host: vendors, subset: v1 } }]',
    'route: [{ destination: { host: vendors, subset: V1 } }]',
    'route: [{ destination: { host: vendors, port: { number: 0 } } }]',
    'route: [{ destination: { host: vendors } }, { destination: { host: vendors } }]',
    'route: [{ destination: { host: vendors }, weight: 2000000000 }, { destination: { host: vendors }, weight: 2000000000 }]',
    'route: [{ destination: { host: vendors }, weight: -1 }]',
    `${routed}, redirect: { uri: / }`,
    `${routed}, delegate: { name: x }`,
    'delegate: { name: x }',
    'delegate: { name: x, namespace: other }',
    'delegate: {}',
    'directResponse: { status: 200 }, fault: { abort: { httpStatus: 500 } }, timeout: 1s, retries: { attempts: 1 }',
    'directResponse: { status: 199 }',
    'directResponse: { status: 200, body: {} }',
    'directResponse: { status: 200, body: { bytes: "?" } }',
    `directResponse: { status: 200, body: { string: ${'a'.repeat(1024 * 1024 + 1)} } }`,
    'redirect: {}',
    'redirect: { uri: /, prefixRewrite: / }',
    'redirect: { port: 80, derivePort: FROM_REQUEST_PORT }',
    'redirect: { uri: /, redirectCode: 304 }',
    'redirect: { scheme: ftp }',
    'match: [{ uri: { exact: / } }], redirect: { prefixRewrite: /a }',
    `${routed}, rewrite: {}`,
    `${routed}, rewrite: { uri: /, uriRegexRewrite: { match: a, rewrite: b } }`,
    `${routed}, rewrite: { uriRegexRewrite: { match: "(a", rewrite: b } }`,
    `${routed}, rewrite: { uriRegexRewrite: { match: "(a)", rewrite: '\\2' } }`,
    `${routed}, rewrite: { uriRegexRewrite: { match: "(a)", rewrite: '\\a' } }`,
    `${routed}, rewrite: { authority: a }, headers: { request: { set: { host: b } } }`,
    `${routed}, timeout: 3`,
    `${routed}, timeout: 3 s`,
    `${routed}, retries: { attempts: -1 }`,
    `${routed}, retries: { attempts: 0, perTryTimeout: 1s }`,
    `${routed}, retries: { attempts: 1, perTryTimeout: 0s }`,
    `${routed}, retries: { attempts: 1, retryOn: 5x }`,
    `${routed}, retries: { attempts: 1, retryOn: somehow }`,
    `${routed}, fault: {}`,
    `${routed}, fault: { delay: {} }`,
    `${routed}, fault: { delay: { fixedDelay: 1s, percentage: { value: 101 } } }`,
    `${routed}, fault: { delay: { fixedDelay: 1s, percentage: { value: 0.00001 } } }`,
    `${routed}, fault: { delay: { exponentialDelay: 1s } }`,
    `${routed}, fault: { abort: { percent: 1, httpStatus: 500 } }`,
    `${routed}, fault: { abort: { http2Error: x } }`,
    `${routed}, fault: { abort: { grpcStatus: 14 } }`,
    `${routed}, mirror: { host: vendors }, mirrors: [{ destination: { host: vendors } }]`,
    `${routed}, mirror: { host: nobody }, mirrorPercentage: { value: -1 }`,
    `${routed}, mirrors: [{ destination: { host: nobody.example } }]`,
    `${routed}, headers: { request: { set: { ':path': a } } }`,
    `${routed}, headers: { request: { set: { 'a b': a } } }`,
    `${routed}, headers: { request: { set: { host: a, ':authority': b } } }`,
    `${routed}, headers: { request: { remove: [host] } }`,
    `${routed}, headers: { response: { add: { x: "a\\nb" } } }`,
    `${routed}, headers: { response: { add: { x: "50%" } } }`,
    `${routed}, headers: { response: { add: { x: "%ENVIRONMENT(X)%" } } }`,
    `${routed}, headers: { response: { add: { x: 1 } } }`,
    `${routed}, corsPolicy: { allowOrigins: [{}] }`,
    `${routed}, corsPolicy: { allowOrigins: [{ exact: '' }] }`,
    `${routed}, corsPolicy: { allowMethods: [FETCH] }`,
    `${routed}, corsPolicy: { maxAge: 0.5s }`,
    ...[
      'uri: {}',
      'uri: { exact: /, prefix: / }',
      'uri: { regex: "" }',
      'uri: { regex: "(?=a)" }',
      "uri: { regex: '(a)\\1' }",
      'uri: { regex: "[" }',
      `uri: { regex: ${'a'.repeat(1025)} }`,
      'method: { prefix: "" }',
      'headers: { uri: {} }',
      "headers: { '@request.auth.claims.sub': {} }",
      "headers: { 'a b': {} }",
      'headers: { a: { exact: a, prefix: a } }',
      'headers: { a: { regex: "*" } }',
      'gateways: [ingress]',
      'port: 0',
      'sourceLabels: { a: 1 }',
    ].map((match) => `match: [{ ${match} }], ${routed}`),
  ].map((http) => `{ hosts: [vendors], http: [{ ${http} }] }`),
  `{ hosts: [vendors], http: [{ ${routed} }, { match: [{ uri: { exact: /a } }], ${routed} }] }`,
);

const delegating = (part: string) =>
  `${vendors}---\n${document('VirtualService', '{ hosts: [vendors], http: [{ match: [{ uri: { prefix: /a } }], delegate: { name: y } }] }', '{ name: x }')}---\n${document('VirtualService', part, '{ name: y }')}`;

wrong.VirtualServices = [
  delegating(`{ hosts: [vendors], http: [{ ${routed} }] }`),
  delegating(`{ exportTo: [other], http: [{ ${routed} }] }`),
  delegating(`{ http: [{ match: [{ uri: { prefix: /b } }], ${routed} }] }`),
];
