import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kinds } from '@tollgate/model';
import { checkFile } from './check-file.js';
import { formatMistake } from './file-mistake.js';
import { joinFiles } from './policies.js';

const head = (kind: string, name = 'x') => `apiVersion: tollgate.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;
const vendors = head('Service', 'vendors');

/** The mistakes of one file, formatted; the file is called p.yaml. */
function mistakesIn(...documents: string[]): string[] {
  const { mistakes } = joinFiles([checkFile('p.yaml', documents.join('---\n'))]);
  return mistakes.map(formatMistake);
}

const access = (spec: string) => mistakesIn(vendors, `${head('AccessPolicy')}spec:\n${spec}`);
const limits = (limit: string) => mistakesIn(vendors, `${head('RateLimitPolicy')}spec:\n  limits:\n  - ${limit}\n`);
const token = (spec: string) => mistakesIn(vendors, `${head('TokenPolicy')}spec:\n${spec}`);

describe('a document by itself', () => {
  const cases: [what: string, found: string[], expected: string[]][] = [
    [
      'unknown kind, near word',
      mistakesIn(head('TokenPolcy')),
      ['p.yaml:2:1 kind: unknown kind "TokenPolcy", did you mean "TokenPolicy"?'],
    ],
    [
      'a kind of a later release',
      mistakesIn(head('AuditPolicy')),
      ['p.yaml:2:1 kind: the kind AuditPolicy is not in this release yet'],
    ],
    [
      'an Istio kind',
      mistakesIn('kind: AuthorizationPolicy\n'),
      ['p.yaml:1:1 kind: the kind AuthorizationPolicy is not in this release yet'],
    ],
    ['no kind', mistakesIn('a: 1\n'), [`p.yaml:1:1 kind: is required, write one of ${kinds.join(', ')}`]],
    ['a list', mistakesIn('- 1\n'), ['p.yaml:1:1 is a list, not a policy: write apiVersion, kind, metadata and spec']],
    [
      'not YAML',
      mistakesIn('a: [1\nb: 2\n'),
      [
        'p.yaml:2:1 is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
    ['a field twice', mistakesIn('a: 1\na: 2\n'), ['p.yaml:2:1 is not valid YAML: Map keys must be unique']],
    [
      'another apiVersion',
      mistakesIn('apiVersion: v1\nkind: Service\nmetadata: {name: a}\n'),
      ['p.yaml:1:1 apiVersion: must be tollgate.dev/v1'],
    ],
    [
      'unknown field, near word',
      access('  rule: []\n  rules: [{name: a}]\n'),
      ['p.yaml:9:3 spec.rule: unknown field "rule", did you mean "rules"?'],
    ],
    ['wrong type', access('  rules: 3\n'), ['p.yaml:9:3 spec.rules: is a number, write a list, each item after "- "']],
    [
      'a word that is none',
      access('  side: provder\n  rules: [{name: a}]\n'),
      ['p.yaml:9:3 spec.side: "provder" is not valid here, write provider, consumer or both, did you mean "provider"?'],
    ],
    [
      'bad CIDR',
      access('  rules: [{name: a, deny: [10.0.0.0/33]}]\n'),
      ['p.yaml:9:28 spec.rules[0].deny[0]: "10.0.0.0/33" has no valid prefix length, write /0 to /32'],
    ],
    [
      'no address',
      access('  rules: [{name: a, deny: [10.0.0]}]\n'),
      [
        'p.yaml:9:28 spec.rules[0].deny[0]: "10.0.0" is not an address or network, write for example 10.0.0.0/8 or "2001:db8::/32"',
      ],
    ],
    [
      'empty list',
      access('  rules: [{name: a, allow: []}]\n'),
      ['p.yaml:9:21 spec.rules[0].allow: is empty, leave it out or name a network'],
    ],
    [
      'duplicate rule',
      access('  rules: [{name: a}, {name: a}]\n'),
      ['p.yaml:9:23 spec.rules[1].name: "a" is used twice, every name must be unique'],
    ],
    [
      'percentage over 100',
      access('  mode: {percent: 101}\n  rules: [{name: a}]\n'),
      ['p.yaml:9:10 spec.mode.percent: must be at most 100'],
    ],
    [
      'a path that can never match',
      access('  rules: [{name: a, match: [{path: {exact: /a/%2e%2e/b}}, {path: {suffix: /..}}]}]\n'),
      [
        'p.yaml:9:37 spec.rules[0].match[0].path.exact: "/a/%2e%2e/b" has no canonical form and could never match: it has an invalid "%", a "%00", "%2f", "%5c" or "\\", or a segment that becomes "." or ".." when it is decoded or loses its parameters',
        'p.yaml:9:67 spec.rules[0].match[1].path.suffix: "/.." has no canonical form and could never match: it has an invalid "%", a "%00", "%2f", "%5c" or "\\", or a segment that becomes "." or ".." when it is decoded or loses its parameters',
      ],
    ],
    [
      'a path with a query',
      access('  rules: [{name: a, match: [{path: {prefix: "/a?b=c"}}]}]\n'),
      [
        'p.yaml:9:37 spec.rules[0].match[0].path.prefix: "/a?b=c" has a query, which is not part of a path: write a `query` condition for it',
      ],
    ],
    [
      'a host with a port that is none',
      access('  rules: [{name: a, match: [{hosts: ["admin.example.com:x", a..b]}]}]\n'),
      [
        'p.yaml:9:38 spec.rules[0].match[0].hosts[0]: "admin.example.com:x" is not a host name, write for example vendors.example.com or *.example.com',
        'p.yaml:9:61 spec.rules[0].match[0].hosts[1]: "a..b" is not a host name, write for example vendors.example.com or *.example.com',
      ],
    ],
    [
      'duration',
      limits('{name: a, key: [service], requests: 1, per: 10x}'),
      ['p.yaml:10:44 spec.limits[0].per: "10x" is not a duration, write for example 250ms, 10s, 5m or 2h'],
    ],
    [
      'a sliding window with a burst',
      limits('{name: a, key: [service], requests: 1, per: 1s, algorithm: sliding-window, burst: 2}'),
      [
        'p.yaml:10:80 spec.limits[0].burst: cannot be used with a sliding window, which never admits more than requests: leave it out or write algorithm: token-bucket',
      ],
    ],
    [
      'a limit that says both how many at once and how many in a period',
      limits('{name: a, key: [service], concurrent: 1, per: 1s}'),
      [
        'p.yaml:10:46 spec.limits[0].per: cannot be combined with concurrent: write one limit with requests and per, and another with concurrent',
      ],
    ],
    [
      'a limit that says neither',
      limits('{name: a, key: [service]}'),
      ['p.yaml:10:5 spec.limits[0]: has no amount, write requests and per, or concurrent'],
    ],
    [
      'a limit without a period',
      limits('{name: a, key: [service], requests: 1}'),
      ['p.yaml:10:5 spec.limits[0]: has requests only, write both requests and per'],
    ],
    [
      'a cost of nothing',
      limits('{name: a, key: [route], requests: 1, per: 1s, cost: 0}'),
      ['p.yaml:10:51 spec.limits[0].cost: must be at least 1'],
    ],
    [
      'a cost beside calls in flight',
      limits('{name: a, key: [service], concurrent: 1, cost: 2}'),
      [
        'p.yaml:10:46 spec.limits[0].cost: cannot be combined with concurrent: write one limit with requests and per, and another with concurrent',
      ],
    ],
    [
      'a default that costs more than the most',
      limits('{name: a, key: [service], requests: 1, per: 1s, cost: {header: x-cost, default: 9, max: 3}}'),
      ['p.yaml:10:76 spec.limits[0].cost.default: must not be more than max'],
    ],
    [
      'a limit named like the shared budget',
      limits('{name: fairShares, key: [service], requests: 1, per: 1s}'),
      ['p.yaml:10:6 spec.limits[0].name: "fairShares" is the name of the shared budget (fairShares), choose another'],
    ],
    [
      'neither limits nor shares',
      mistakesIn(`${head('RateLimitPolicy')}spec: {side: both}\n`),
      ['p.yaml:4:1 spec: has neither limits nor fairShares, write one of them'],
    ],
    [
      'a weight of nobody',
      mistakesIn(
        `${head('RateLimitPolicy')}spec: {fairShares: {requests: 1, per: 1s, weights: {ordres: 1, "*": 2}}}\n`,
      ),
      [
        'p.yaml:3:1 metadata: governs nothing: there is no Service in namespace default',
        'p.yaml:4:53 spec.fairShares.weights.ordres: there is no system or service "ordres", name a system id of a TokenPolicy or a Service',
      ],
    ],
    [
      'a weight of nothing, one too fine, and one that is none',
      mistakesIn(
        `${head('RateLimitPolicy')}spec: {fairShares: {requests: 1, per: 1s, weights: {a: 0, b: 0.125, "*": x}}}\n`,
      ),
      [
        'p.yaml:4:53 spec.fairShares.weights.a: must be at least 0.01',
        'p.yaml:4:59 spec.fairShares.weights.b: has more than two decimal places',
        'p.yaml:4:69 spec.fairShares.weights.*: is text, write a number, without quotes',
      ],
    ],
    [
      'replay refusal of tokens for a day',
      token('  systems: [{id: a, secrets: [{env: A}]}]\n  replay: {refuse: true}\n'),
      ['p.yaml:10:12 spec.replay.refuse: needs date: second, because a day has too many nonces to remember'],
    ],
    [
      'a first moment within a day where tokens carry days',
      token('  systems: [{id: a, secrets: [{env: A}]}]\n  notBefore: 2026-11-21T10:00:00Z\n'),
      [
        'p.yaml:10:3 spec.notBefore: must be the start of a day (T00:00:00Z), because these tokens carry a date without a time (date: day)',
      ],
    ],
    [
      'replay refusal for less time than a token lives',
      token('  systems: [{id: a, secrets: [{env: A}]}]\n  date: second\n  replay: {refuse: true, window: 599s}\n'),
      [
        'p.yaml:11:26 spec.replay.window: must be at least twice the skew (600000 ms): a token is valid for one skew before and after its date',
      ],
    ],
    [
      'a secret written out',
      token('  systems: [{id: a, secrets: [hunter2]}]\n'),
      ['p.yaml:9:31 spec.systems[0].secrets[0]: is text, write its fields: env, file'],
    ],
    [
      'an admin interface open to all',
      mistakesIn(vendors, `${head('Node')}spec: {services: [vendors], admin: {address: 0.0.0.0, port: 1}}\n`),
      [
        'p.yaml:8:37 spec.admin.address: the admin interface can stop Envoy and read its configuration: only a loopback address is allowed, write 127.0.0.1',
      ],
    ],
  ];
  for (const [what, found, expected] of cases) test(what, () => assert.deepEqual(found, expected));

  test('files that are made to hurt are mistakes, not crashes', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`;
    assert.deepEqual(mistakesIn(bomb), ['p.yaml:1:1 uses too many aliases, write out what they stand for']);
    assert.match(mistakesIn(`a: ${'['.repeat(5000)}${']'.repeat(5000)}\n`).join(), /is nested too deeply/);
    assert.match(mistakesIn('kind: !!js/function x\n').join('\n'), /is not valid YAML: Unresolved tag/);
  });

  test('all mistakes of all documents are told at once, in order', () => {
    const found = mistakesIn(head('Nope'), `${head('AccessPolicy')}spec: {rules: [{name: a, deny: [x]}], foo: 1}\n`);
    assert.deepEqual(
      found.map((line) => line.split(' ', 2).join(' ')),
      ['p.yaml:2:1 kind:', 'p.yaml:8:33 spec.rules[0].deny[0]:', 'p.yaml:8:39 spec.foo:'],
    );
  });
});

describe('references', () => {
  const cases: [what: string, found: string[], expected: string[]][] = [
    [
      'a target that is not there',
      access('  targetRefs: [{kind: Service, name: vendrs}]\n  rules: [{name: a}]\n'),
      ['p.yaml:9:32 spec.targetRefs[0].name: there is no Service "vendrs", did you mean "vendors"?'],
    ],
    [
      'nothing to govern',
      mistakesIn(`${head('AccessPolicy')}spec: {rules: [{name: a}]}\n`),
      ['p.yaml:3:1 metadata: governs nothing: there is no Service in namespace default'],
    ],
    [
      'a consumer that is not there',
      access('  rules: [{name: a, match: [{consumers: [vendr]}]}]\n'),
      [
        'p.yaml:9:42 spec.rules[0].match[0].consumers[0]: there is no system or service "vendr", did you mean "vendors"?',
      ],
    ],
    [
      'a system that the policy does not have',
      token('  systems: [{id: orders, secrets: [{env: A}]}]\n  rules: [{name: a, systems: [order]}]\n'),
      ['p.yaml:10:31 spec.rules[0].systems[0]: "order" is not one of this policy\'s systems, did you mean "orders"?'],
    ],
    [
      'a name twice',
      mistakesIn(vendors, vendors),
      [
        'p.yaml:7:12 metadata.name: Service "vendors" already exists in p.yaml: names must be unique per kind and namespace',
      ],
    ],
    [
      'a node of a service that is not there',
      mistakesIn(vendors, `${head('Node')}spec: {services: [vendor]}\n`),
      ['p.yaml:8:19 spec.services[0]: there is no Service "vendor", did you mean "vendors"?'],
    ],
    [
      'who is calling?',
      mistakesIn(
        vendors,
        head('Service', 'b'),
        `${head('Node')}spec: {services: [vendors, b], outbound: {listen: {address: 127.0.0.1, port: 1}}}\n`,
      ),
      [
        'p.yaml:12:32 spec.outbound: does not say which service is calling: several services share this node, write a list of {listen, service}',
      ],
    ],
    [
      'a port twice',
      mistakesIn(
        vendors,
        `${head('Node')}spec: {services: [vendors], outbound: {listen: {address: 127.0.0.1, port: 1}}, admin: {address: 127.0.0.1, port: 1}}\n`,
      ),
      ['p.yaml:8:80 spec.admin: 127.0.0.1 port 1 is already taken by this node, choose another port'],
    ],
    [
      'a host that leads elsewhere',
      mistakesIn(
        `${head('Service', 'a')}spec: {hosts: [x.example]}\n`,
        `${head('Service', 'b')}spec: {hosts: [X.example]}\n`,
      ),
      ['p.yaml:9:16 spec.hosts[0]: "x.example" already leads to Service "a"'],
    ],
  ];
  for (const [what, found, expected] of cases) test(what, () => assert.deepEqual(found, expected));
});

test('a list as kubectl writes it is its items, each with its place', () => {
  const item = (name: string) =>
    `- apiVersion: security.istio.io/v1\n  kind: RequestAuthentication\n  metadata: {name: ${name}, uid: a}\n  spec: {jwtRule: []}\n  status: {}\n`;
  const list = `apiVersion: v1\nkind: List\nmetadata: {resourceVersion: ""}\nitems:\n${item('a')}${item('b')}`;
  const unknown = 'unknown field "jwtRule", did you mean "jwtRules"?';
  assert.deepEqual(mistakesIn(vendors, list), [
    `p.yaml:12:10 items[0].spec.jwtRule: ${unknown}`,
    `p.yaml:17:10 items[1].spec.jwtRule: ${unknown}`,
  ]);
});

test('a checked model is in order of namespace/name, with the documented defaults', () => {
  const policy = (name: string) =>
    `${head('RateLimitPolicy', name)}spec: {limits: [{name: a, key: [consumer], requests: 1, per: 1s}]}\n`;
  const { model, mistakes } = joinFiles([checkFile('p.yaml', [vendors, policy('b'), policy('a')].join('---\n'))]);
  assert.deepEqual(mistakes, []);
  assert.deepEqual(
    model.of('RateLimitPolicy').all.map(({ name }) => name),
    ['a', 'b'],
  );
  const [limit] = model.of('RateLimitPolicy').all[0]?.spec.limits ?? [];
  assert.deepEqual(
    { ...limit },
    {
      name: 'a',
      key: ['consumer'],
      requests: 1,
      per: 1000,
      burst: 0,
      algorithm: 'token-bucket',
      headers: false,
      keysMax: 10_000,
    },
  );
  assert.equal(model.of('RateLimitPolicy').all[0]?.spec.side, 'provider');
});
