import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descriptorOf } from './kinds.js';
import { signToken, tokenDate, tokenHeaders } from './token.js';

const at = new Date('2026-11-21T10:15:00Z');
const spec = descriptorOf('TokenPolicy').spec.parse({ systems: [{ id: 'orders', secrets: [{ env: 'A' }] }] });

test('the published vectors', () => {
  const header = (digest: 'hmac-sha256' | 'md5', date: 'day' | 'second', nonce?: string) =>
    tokenHeaders(
      spec,
      signToken(digest, 's3cret', {
        system: 'orders',
        date: tokenDate(at, date),
        ...(nonce === undefined ? {} : { nonce }),
      }),
    );
  assert.deepEqual(header('hmac-sha256', 'day'), [
    ['x-tollgate-token', 'orders.20261121.0f7a613289c9a3e76df1d4d00e53aa872e3b83c71afc7314366b183d773e0c09'],
  ]);
  assert.deepEqual(header('md5', 'day'), [['x-tollgate-token', 'orders.20261121.83210f185968bf44abd1c04a9c1a88eb']]);
  assert.deepEqual(header('hmac-sha256', 'second', '7f3a9c'), [
    [
      'x-tollgate-token',
      'orders.20261121T101500Z.7f3a9c.d3e5c0663e585106c9faab9ea389b83b0ba61a305c67b9b3579afe4c464515da',
    ],
  ]);
});

test('three or four headers', () => {
  const token = { system: 'orders', date: '20261121', digest: 'ab' };
  assert.deepEqual(tokenHeaders({ ...spec, carry: 'headers' }, token), [
    ['x-system-id', 'orders'],
    ['x-date', '20261121'],
    ['x-token', 'ab'],
  ]);
  assert.equal(tokenHeaders({ ...spec, carry: 'headers' }, { ...token, nonce: 'n' }).length, 4);
});
