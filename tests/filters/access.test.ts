import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FilterNetworks, packNetworks } from '@tollgate/envoy';
import { load, policy } from './load.js';

const rules = [
  {
    name: 'office',
    match: [{ path: { prefix: '/admin' } }],
    allow: ['10.0.0.0/8', '2001:db8::/32'],
    deny: ['10.0.0.13'],
  },
  { name: 'default', deny: ['203.0.113.0/24'] },
];
const loaded = (options = {}) => load('access', { access: [{ ...policy, rules }] }, options);

describe('the access filter', () => {
  const cases: [peer: string, path: string, reason: string | undefined][] = [
    ['10.1.2.3:1', '/admin', undefined],
    ['10.0.0.13:1', '/admin', 'address_denied'],
    ['192.0.2.1:1', '/admin', 'address_not_allowed'],
    ['192.0.2.1:1', '/', undefined],
    ['203.0.113.7:1', '/', 'address_denied'],
    ['[2001:db8::1]:1', '/admin', undefined],
    ['[2001:db9::1]:1', '/admin', 'address_not_allowed'],
    ['[::ffff:10.1.2.3]:1', '/admin', undefined],
    ['[::ffff:203.0.113.7]:1', '/', 'address_denied'],
    // Tricks with the path lead to the same rule.
    ['192.0.2.1:1', '/x/../admin', 'address_not_allowed'],
    ['192.0.2.1:1', '/%61dmin', 'address_not_allowed'],
    ['192.0.2.1:1', '//admin', 'address_not_allowed'],
    ['192.0.2.1:1', '/;x=1/admin', 'address_not_allowed'],
    ['192.0.2.1:1', '/admin;x', 'address_not_allowed'],
    ['10.1.2.3:1', '/admin%2f', 'path_not_canonical'],
  ];
  for (const [peer, path, reason] of cases) {
    test(`${peer} asks for ${path}: ${reason ?? 'allowed'}`, async () => {
      const answer = await (await loaded()).request({ peer, path });
      assert.equal(answer.header('x-tollgate-reason'), reason);
      assert.equal(answer.status, reason === undefined ? 200 : reason === 'path_not_canonical' ? 400 : 403);
    });
  }

  test('x-forwarded-for is believed of trusted hops only, and only the right entry of it', async () => {
    const spoof = { peer: '192.0.2.1:1', path: '/admin', headers: { 'x-forwarded-for': '10.1.2.3' } };
    assert.equal((await (await loaded()).request(spoof)).status, 403);
    const behind = await loaded({ trustedHops: 1 });
    assert.equal((await behind.request(spoof)).status, 200);
    assert.equal(
      (await behind.request({ ...spoof, headers: { 'x-forwarded-for': '10.1.2.3, 198.51.100.1' } })).status,
      403,
    );
    assert.equal(
      (await behind.request({ ...spoof, headers: { 'x-forwarded-for': 'unknown' } })).header('x-tollgate-reason'),
      'address_denied',
    );
  });
});

describe('many networks', () => {
  const many = Array.from(
    { length: 100_000 },
    (_, index) => `${1 + (index >> 14)}.${(index >> 6) & 255}.${(index & 63) << 2}.0/23`,
  );
  const cases: [peer: string, status: number][] = [
    ['1.0.1.255:1', 403],
    ['1.0.2.0:1', 200],
    ['7.0.0.1:1', 403],
    ['[::ffff:7.0.0.1]:1', 403],
    ['0.255.255.255:1', 200],
    ['255.255.255.255:1', 200],
    ['[2001:db8::1]:1', 403],
    ['[2001:db9::1]:1', 200],
  ];
  for (const [form, deny] of [
    ['packed', packNetworks([...many, '2001:db8::/32'])],
    ['as a list', [...many, '2001:db8::/32']],
  ] as const) {
    test(`${form}: the same answers`, async () => {
      const sim = await load('access', {
        access: [{ ...policy, rules: [{ name: 'a', deny: deny as FilterNetworks }] }],
      });
      for (const [peer, status] of cases) assert.equal((await sim.request({ peer })).status, status, peer);
    });
  }

  const wrong: [what: string, deny: object, place: RegExp][] = [
    ['no network', {}, /deny: must have networks/],
    ['an empty text', { v4: '' }, /deny\.v4: must be packed/],
    ['half a record', { v4: 'CgAAAA' }, /deny\.v4: must be packed/],
    ['other base64', { v4: 'CgAAAAg=' }, /deny\.v4: must be packed/],
    ['a wrong order', { v4: 'CgAAAAgJAAAACA' }, /deny\.v4: must be packed/],
    ['IPv4 records for IPv6', { v6: 'CgAAAAg' }, /deny\.v6: must be packed/],
    ['an unknown family', { v4: 'CgAAAAg', v5: '' }, /deny\.v5: is an unknown field/],
    ['a number', { v4: 1 }, /deny\.v4: must be a string/],
  ];
  for (const [what, deny, place] of wrong)
    test(`${what} is refused`, async () => {
      await assert.rejects(load('access', { access: [{ ...policy, rules: [{ name: 'a', deny }] }] }), place);
    });
});

describe('a principal', () => {
  const named = (consumers: string[]) => [
    { name: 'named', match: [{ consumers }] },
    { name: 'rest', deny: ['0.0.0.0/0'] },
  ];
  const asked = async (uri: string | undefined, consumers = ['spiffe://mesh/orders']) => {
    const properties: Record<string, string> = uri === undefined ? {} : { 'connection.uri_san_peer_certificate': uri };
    const sim = await load('access', { access: [{ ...policy, rules: named(consumers) }] }, { properties });
    return (await sim.request({ headers: { 'x-forwarded-client-cert': 'URI=spiffe://mesh/orders' } })).status;
  };
  test('is the SPIFFE id of the peer’s certificate', async () =>
    assert.equal(await asked('spiffe://mesh/orders'), 200));
  test('is compared as a whole', async () => assert.equal(await asked('spiffe://mesh/orders2'), 403));
  test('is in no header', async () => assert.equal(await asked(undefined), 403));
  test('without a certificate is anonymous', async () => assert.equal(await asked(undefined, ['anonymous']), 200));
  for (const uri of [
    'https://mesh/orders',
    'spiffe://',
    'spiffe://mesh/',
    'spiffe://mesh//a',
    'spiffe://mesh/../a',
    'spiffe://Mesh/a',
    'spiffe://mesh/a%2f',
  ])
    test(`is not ${uri}`, async () => {
      assert.equal(await asked(uri, ['anonymous']), 200);
      await assert.rejects(asked(undefined, [uri]), /match\[0\]\.consumers\[0\]: must be a name/);
    });
});

test('a configuration that is wrong is refused with its place', async () => {
  const wrong = [{ ...policy, rules: [{ name: 'a', deny: ['10.0.0.0/33'] }] }];
  await assert.rejects(load('access', { access: wrong }), /\$\.targets\[0\]\.access\[0\]\.rules\[0\]\.deny\[0\]/);
  await assert.rejects(load('access', { token: [] } as never), /token/);
});
