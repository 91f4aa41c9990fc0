import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { listen } from '../../../tests/support/listen.js';
import { assertPortsFree } from './ports.js';

test('free ports pass, and stay free', async () => {
  await assertPortsFree([
    { address: '127.0.0.1', port: 18_301 },
    { address: '127.0.0.1', port: 18_302 },
  ]);
  await assertPortsFree([{ address: '127.0.0.1', port: 18_301 }]);
});

test('every port in use is named, with what to do', async () => {
  const servers = [createServer(), createServer()];
  const [one = 0, two = 0] = await Promise.all(servers.map((server) => listen(server)));
  const address = '127.0.0.1';
  await assert.rejects(
    assertPortsFree([
      { address, port: one, name: 'inbound/vendors' },
      { address, port: 18_303 },
      { address, port: two },
    ]),
    {
      code: 'port_in_use',
      details: [`127.0.0.1:${one} (inbound/vendors)`, `127.0.0.1:${two}`],
      rawMessage: `127.0.0.1:${one} (inbound/vendors), 127.0.0.1:${two} are in use: stop what listens there (ss -ltnp 'sport = :${one} or sport = :${two}' shows it) or listen on another port`,
    },
  );
  for (const server of servers) server.close();
});

test('an address of another machine is no port in use', async () => {
  await assert.rejects(assertPortsFree([{ address: '192.0.2.1', port: 18_304 }]), {
    code: 'envoy_failed',
    rawMessage: 'cannot listen on 192.0.2.1:18304: it is not an address of this machine',
  });
});
