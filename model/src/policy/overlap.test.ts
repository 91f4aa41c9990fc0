import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDocuments } from '../testing/check-documents.js';

interface Said {
  mistakes: string[];
  warnings: string[];
}

const vendors = (spec: object = {}) => ({ kind: 'Service', metadata: { name: 'vendors' }, spec });

const kinds: Record<string, object> = {
  AccessPolicy: {},
  TokenPolicy: { systems: ['a', 'b'].map((id) => ({ id, secrets: [{ env: 'A' }] })) },
  JwtPolicy: { providers: ['p', 'q'].map((name) => ({ name, issuer: name, jwks: { env: 'A' } })) },
};

/** What is said of these rules, which are called by their places. */
function said(kind: string, rules: object[], service = vendors()): Said {
  const named = rules.map((rule, index) => ({ name: `r${index}`, ...rule }));
  const policy = { kind, metadata: { name: 'x' }, spec: { ...kinds[kind], rules: named } };
  const { messages, warnings } = checkDocuments(service, policy, { kind: 'Service', metadata: { name: 'orders' } });
  return { mistakes: messages === '' ? [] : messages.split('\n'), warnings };
}

const path = (condition: object) => ({ path: condition });
const on = (...match: object[]) => ({ match });
const open = (...match: object[]) => ({ match, require: 'none' });

/** The rules as a token policy has them: what is said of the second. */
function second(first: object, later: object): string {
  const { mistakes, warnings } = said('TokenPolicy', [first, later]);
  if (mistakes.length > 0) return mistakes.some((text) => /lets through what/.test(text)) ? 'opened' : mistakes.join();
  return warnings.length > 0 ? 'never' : 'right';
}

describe('a rule that an earlier one covers', () => {
  const prefix = (text: string) => path({ prefix: text });
  const exact = (text: string) => path({ exact: text });
  const suffix = (text: string) => path({ suffix: text });
  const cases: [what: string, outer: object, inner: object, covered: boolean][] = [
    ['a catch-all', {}, prefix('/a'), true],
    ['a prefix of all paths', prefix('/'), { methods: ['GET'] }, true],
    ['a wider prefix', prefix('/adm'), prefix('/admin'), true],
    ['a prefix above a path', prefix('/adm'), exact('/admin'), true],
    ['the same path', exact('/a'), exact('/a'), true],
    ['the same path in another spelling', exact('/a%3Ab'), exact('/a:b'), true],
    ['the same suffix', suffix('.js'), suffix('.js'), true],
    ['a wider suffix', suffix('.js'), suffix('.min.js'), true],
    ['a suffix above a path', suffix('.js'), exact('/a.js'), true],
    ['a narrower prefix', prefix('/admin'), prefix('/adm'), false],
    ['a path above a prefix', exact('/a'), prefix('/a'), false],
    ['a prefix above a suffix', prefix('/a'), suffix('/a'), false],
    ['another path', exact('/a'), exact('/b'), false],
    ['more methods', { methods: ['GET', 'PUT'] }, { methods: ['PUT'] }, true],
    ['fewer methods', { methods: ['GET'] }, { methods: ['GET', 'PUT'] }, false],
    ['methods above none', { methods: ['OPTIONS'] }, prefix('/admin'), false],
    ['the same path with a method', { ...exact('/a'), methods: ['GET'] }, exact('/a'), false],
    ['all hosts below', { hosts: ['*.x.org'] }, { hosts: ['a.x.org', '*.b.x.org'] }, true],
    ['a host with its port', { hosts: ['a.org:80'] }, { hosts: ['A.org.'] }, true],
    ['hosts below a name', { hosts: ['*.x.org'] }, { hosts: ['x.org'] }, false],
    ['a wider network', { addresses: ['10.0.0.0/8'] }, { addresses: ['10.1.0.0/16', '::ffff:10.1.2.3'] }, true],
    ['another family', { addresses: ['0.0.0.0/0'] }, { addresses: ['2001:db8::/32'] }, false],
    ['any value of a header', { headers: { A: { present: true } } }, { headers: { a: { exact: 'x' } } }, true],
    [
      'a header that is not there',
      { headers: { a: { present: false } } },
      { headers: { a: { present: false } } },
      true,
    ],
    [
      'a header that is, and one that is not',
      { headers: { a: { present: true } } },
      { headers: { a: { present: false } } },
      false,
    ],
    ['a prefix of a value', { headers: { a: { prefix: 'x' } } }, { headers: { a: { prefix: 'xy' } } }, true],
    ['a suffix of a value', { headers: { a: { suffix: 'y' } } }, { headers: { a: { exact: 'xy' } } }, true],
    ['another header', { headers: { a: { present: true } } }, { headers: { b: { present: true } } }, false],
    ['a header named constructor', { headers: { constructor: { present: true } } }, prefix('/a'), false],
    ['a parameter', { query: { a: { present: true } } }, { query: { a: { exact: '' } }, ...prefix('/a') }, true],
    ['consumers', { consumers: ['orders', 'vendors'] }, { consumers: ['orders'] }, true],
    ['another consumer', { consumers: ['orders'] }, { consumers: ['vendors'] }, false],
  ];
  for (const [what, outer, inner, covered] of cases)
    test(what, () => {
      assert.equal(second(open(outer), on(inner)), covered ? 'opened' : 'right');
      assert.equal(second(on(outer), on(inner)), covered ? 'never' : 'right');
      assert.equal(second(on(outer), open(inner)), covered ? 'never' : 'right');
    });

  test('the subjects of all providers above those of one', () => {
    const { warnings } = said('JwtPolicy', [on({ consumers: ['jwt:a'] }), on({ consumers: ['jwt:p/a'] })]);
    assert.equal(warnings.length, 1);
  });

  test('is read as the application reads paths', () => {
    const rules = [open(path({ exact: '/Admin/' })), on(path({ exact: '/admin' }))];
    assert.equal(said('TokenPolicy', rules).mistakes.length, 0);
    const service = vendors({ paths: { caseSensitive: false, trailingSlash: 'ignored' } });
    assert.equal(said('TokenPolicy', rules, service).mistakes.length, 1);
  });
});

describe('what is said', () => {
  const rules = [open(path({ prefix: '/adm' })), on(path({ prefix: '/admin' })), on(path({ prefix: '/admit' }))];

  test('of a rule that opens what later ones protect', () => {
    const { mistakes, warnings } = said('TokenPolicy', rules);
    assert.deepEqual(mistakes, [
      'spec.rules[0]: lets through what the rules "r1" and "r2" below would refuse, since it fits the same calls and decides first: move it below, or write overlap: intended',
    ]);
    assert.deepEqual(warnings, []);
  });

  test('where it is intended: the later ones can still never match', () => {
    const [first, ...others] = rules;
    const { mistakes, warnings } = said('TokenPolicy', [{ ...first, overlap: 'intended' }, ...others]);
    assert.deepEqual(mistakes, []);
    assert.deepEqual(warnings, [
      'spec.rules[1]: can never match: the rule "r0" above it matches every call that this one matches, and decides first',
      'spec.rules[2]: can never match: the rule "r0" above it matches every call that this one matches, and decides first',
    ]);
    const kept = others.map((rule) => ({ ...rule, overlap: 'intended' }));
    assert.deepEqual(said('TokenPolicy', [{ ...first, overlap: 'intended' }, ...kept]).warnings, []);
  });

  test('of some of a rule’s alternatives, and of one that stands there twice', () => {
    const [a, b, c] = ['/a', '/b', '/c'].map((exact) => path({ exact })) as [object, object, object];
    const { mistakes, warnings } = said('TokenPolicy', [on(a), on(b, a, c, c)]);
    assert.deepEqual(mistakes, []);
    assert.deepEqual(warnings, [
      'spec.rules[1].match[1]: can never match: the rule "r0" above it matches every call that this one matches, and decides first',
      'spec.rules[1].match[3]: can never match: match[2] matches every call that this one matches',
    ]);
    assert.equal(said('TokenPolicy', [open(a), on(b, a, c)]).mistakes.length, 1, 'some of it is opened');
  });

  test('of what two rules cover together', () => {
    const both = [
      on(path({ exact: '/a' })),
      on(path({ exact: '/b' })),
      on(path({ exact: '/a' }), path({ exact: '/b' })),
    ];
    assert.match(
      said('TokenPolicy', both).warnings.join(),
      /^spec\.rules\[2\]: can never match: the rules "r0" and "r1" above it match /,
    );
  });

  test('an exception above its rule is how rules are meant to be', () => {
    const { mistakes, warnings } = said('TokenPolicy', [open(path({ exact: '/healthz' })), on(path({ prefix: '/' }))]);
    assert.deepEqual([mistakes, warnings], [[], []]);
  });

  test('the rule that decides counts, not the widest', () => {
    const [a, b, c] = [on(path({ prefix: '/a' })), open(path({ prefix: '/' })), on(path({ prefix: '/a/b' }))];
    assert.deepEqual(said('TokenPolicy', [a, b, c]).mistakes, []);
  });
});

describe('what a later rule would refuse', () => {
  const all = {};
  const a = { match: [path({ prefix: '/a' })] };
  const cases: [kind: string, what: string, earlier: object, later: object, opens: boolean][] = [
    ['TokenPolicy', 'any system above one', all, { systems: ['a'] }, true],
    ['TokenPolicy', 'another system', { systems: ['b'] }, { systems: ['a'] }, true],
    ['TokenPolicy', 'one of its systems', { systems: ['a'] }, { systems: ['a', 'b'] }, false],
    ['JwtPolicy', 'none above a token', { require: 'none' }, all, true],
    ['JwtPolicy', 'any provider above one', all, { providers: ['p'] }, true],
    ['JwtPolicy', 'one above any', { providers: ['p'] }, all, false],
    ['JwtPolicy', 'a token above a claim', all, { claims: { role: ['admin'] } }, true],
    [
      'JwtPolicy',
      'more values of a claim',
      { claims: { role: ['admin', 'x'] } },
      { claims: { role: ['admin'] } },
      true,
    ],
    [
      'JwtPolicy',
      'fewer values of a claim',
      { claims: { role: ['admin'] } },
      { claims: { role: ['admin', 'x'] } },
      false,
    ],
    ['JwtPolicy', 'another claim', { claims: { a: [1] } }, { claims: { constructor: [1] } }, true],
    ['JwtPolicy', 'fewer scopes', { scopes: ['r'] }, { scopes: ['r', 'w'] }, true],
    ['JwtPolicy', 'more scopes', { scopes: ['r', 'w'] }, { scopes: ['w'] }, false],
    ['AccessPolicy', 'nothing above a list', all, { allow: ['10.0.0.0/8'] }, true],
    ['AccessPolicy', 'nothing above a ban', all, { deny: ['10.0.0.0/8'] }, true],
    ['AccessPolicy', 'a wider list', { allow: ['10.0.0.0/8'] }, { allow: ['10.1.0.0/16'] }, true],
    ['AccessPolicy', 'a narrower list', { allow: ['10.1.0.0/16'] }, { allow: ['10.0.0.0/8'] }, false],
    ['AccessPolicy', 'a ban of others', { deny: ['10.0.0.0/8'] }, { deny: ['10.1.0.0/16', '192.0.2.1'] }, true],
    ['AccessPolicy', 'a wider ban', { deny: ['10.0.0.0/8'] }, { deny: ['10.1.0.0/16'] }, false],
    ['AccessPolicy', 'a list without the banned', { allow: ['10.0.0.0/8'] }, { deny: ['192.0.2.1'] }, false],
    ['AccessPolicy', 'a list with the banned', { allow: ['10.0.0.0/8'] }, { deny: ['10.0.0.13'] }, true],
    [
      'AccessPolicy',
      'the same list and ban',
      { allow: ['10.0.0.0/8'], deny: ['10.0.0.13'] },
      { allow: ['10.0.0.0/8'], deny: ['10.0.0.13'] },
      false,
    ],
    ['AccessPolicy', 'two rules that refuse nobody', all, all, false],
  ];
  for (const [kind, what, earlier, later, opens] of cases)
    test(`${kind}: ${what}`, () => {
      const { mistakes, warnings } = said(kind, [
        { ...a, ...earlier },
        { ...a, ...later },
      ]);
      assert.deepEqual([mistakes.length, warnings.length], opens ? [1, 0] : [0, 1], mistakes.join());
    });
});

test('thousands of rules take no time to speak of', () => {
  const rules = Array.from({ length: 20_000 }, (_, index) => on(path({ prefix: `/services/${index}/` })));
  const { warnings } = said('TokenPolicy', [...rules, on(path({ exact: '/services/19999/x' }))]);
  assert.equal(warnings.length, 1);
});
