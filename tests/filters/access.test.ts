import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
      'address_not_allowed',
    );
  });
});

test('a configuration that is wrong is refused with its place', async () => {
  const wrong = [{ ...policy, rules: [{ name: 'a', deny: ['10.0.0.0/33'] }] }];
  await assert.rejects(load('access', { access: wrong }), /\$\.targets\[0\]\.access\[0\]\.rules\[0\]\.deny\[0\]/);
  await assert.rejects(load('access', { token: [] } as never), /token/);
});
