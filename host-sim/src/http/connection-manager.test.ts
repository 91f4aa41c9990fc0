import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import { acceptRequest } from './connection-manager.js';
import { HeaderMap } from './header-map.js';

function forwardedFor(peer: string): string | undefined {
  const headers = HeaderMap.request([
    [':authority', 'a'],
    [':path', '/'],
  ]);
  const options = {
    useRemoteAddress: true,
    skipXffAppend: false,
    preserveExternalRequestId: true,
    internal: new BlockList(),
    serverName: 'envoy',
    localAddress: '192.0.2.2',
    normalizePath: true,
    mergeSlashes: true,
    stripTrailingHostDot: true,
    escapedSlashes: 'REJECT_REQUEST' as const,
  };
  assert.equal(
    acceptRequest(headers, peer, options, () => ''),
    undefined,
  );
  return headers.first('x-forwarded-for');
}

test('the peer is appended to x-forwarded-for, and for 127.0.0.1 and ::1 alone the own address', () => {
  assert.equal(forwardedFor('127.0.0.1:4711'), '192.0.2.2');
  assert.equal(forwardedFor('[::1]:4711'), '192.0.2.2');
  assert.equal(forwardedFor('127.0.0.13:4711'), '127.0.0.13');
  assert.equal(forwardedFor('10.0.0.1:4711'), '10.0.0.1');
});
