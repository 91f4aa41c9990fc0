// Whatever a request brings, no filter traps: a trap takes the VM of that worker with it, and all that it governs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import fc from 'fast-check';

const key = ['consumer', 'address', 'path', 'method', 'service', { header: 'x-h' }, { cookie: 'c' }, { query: 'q' }];
const target = {
  service: 'default/vendors',
  access: [
    {
      name: 'access',
      rules: [
        {
          name: 'office',
          match: [{ path: { prefix: '/admin' } }, { hosts: ['*.example.com'], query: { a: { exact: '1' } } }],
          allow: ['10.0.0.0/8'],
        },
      ],
    },
  ],
  token: [
    {
      name: 'token',
      date: 'second',
      systems: [{ id: 'orders', secrets: ['ORDERS_SECRET'] }],
      rules: [
        {
          name: 'open',
          match: [{ path: { suffix: '/open' } }, { headers: { 'x-a': { prefix: 'z' } } }],
          require: 'none',
        },
        { name: 'default' },
      ],
    },
  ],
  ratelimit: [{ name: 'limits', limits: [{ name: 'all', key, requests: 3, perMs: 1000, keysMax: 20, headers: true }] }],
  breaker: [
    {
      name: 'breaker',
      breakers: [{ name: 'all', trip: { failurePercent: 50 }, failures: { grpc: [2, 14] }, fallback: { body: 'x' } }],
    },
  ],
};
const config = JSON.stringify({ side: 'provider', service: 'vendors', trustedHops: 1, targets: [target] });

const piece = fc.constantFrom(
  ...['.', ',', '/', '%', '2', 'f', 'e', 'T', 'Z', '0', ';', '=', '&', ':', '[', ']', 'é', '\xff'],
  ...['orders', '20261121', '%2e', '..', 'x'.repeat(70), '999', '::', 'a1b2c3'],
);
const junk = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
const names = ['x-tollgate-token', 'x-forwarded-for', 'cookie', 'x-h', 'x-a', 'content-type', 'x-request-id'];
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'OPTIONS', 'HEAD'),
  path: fc.tuple(fc.constantFrom('/', '/open', '/a/open?q=', '/admin', '*'), junk).map((parts) => parts.join('')),
  authority: fc.constantFrom('a', 'a.example.com:80', '[::1]:9'),
  headers: fc.array(fc.tuple(fc.constantFrom(...names), junk), { maxLength: 8 }),
  peer: fc.constantFrom('1.2.3.4:5', '[::1]:3', '10.0.0.1:1'),
});

test('no request traps the filter', async () => {
  const wasm = readFileSync(new URL('../build/governance.wasm', import.meta.url));
  const sim = await Host.load(wasm, { config, env: { ORDERS_SECRET: 's3cret' } });
  await fc.assert(
    fc.asyncProperty(request, async (hostile) => {
      const { status } = await sim.request(hostile);
      assert.ok([200, 400, 401, 403, 404, 429].includes(status), `${status}`);
    }),
    { numRuns: 3000 },
  );
});
