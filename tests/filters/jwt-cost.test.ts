// What a token may cost that is refused, in steps of the filter: heads of loops and functions, as the simulator counts them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Host } from '@tollgate/host-sim';
import { ed25519Keys, encode, keySet } from './jwt-token.js';
import { load, policy } from './load.js';

/** One RSA-PSS signature of 4096 bits, with the longest text, takes no more. */
const stepsMax = 450_000;
/** Reading a token and finding it wrong. */
const readingMax = 60_000;
/** Finding it among those that were refused. */
const againMax = 2_000;

/** Nobody signs with them, so their moduli are any odd numbers of so many bits. */
const rsa = (count: number, bits: number, more: object = {}) =>
  Array.from({ length: count }, (_, i) => {
    const n = Buffer.concat([Buffer.alloc(bits / 8 - 1, 0xff ^ i), Buffer.of(0x0f)]).toString('base64url');
    return { kty: 'RSA', n, e: 'AQAB', ...more };
  });
const secrets = Array.from({ length: 64 }, (_, i) => ({ kty: 'oct', k: encode(Buffer.alloc(64, i + 1)) }));

/** A signature that no key made, but that any would have to look at. */
function forged(header: object | string, claims: object | string, bytes: number, number = 0): string {
  const text = (value: object | string) => encode(typeof value === 'string' ? value : JSON.stringify(value));
  const signature = Buffer.alloc(bytes, 1);
  signature.writeUInt32BE(number, 4);
  return `${text(header)}.${text(claims)}.${signature.toString('base64url')}`;
}

async function filter(keys: object[]): Promise<Host> {
  const step = { ...policy, providers: [{ name: 'p', issuer: 'i', jwks: { env: 'KEYS' } }] };
  return load('jwt', { jwt: [step as never] }, { env: { KEYS: keySet(...keys) } });
}

async function refused(sim: Host, token: string): Promise<{ reason: string | undefined; steps: number }> {
  const before = sim.stepsTaken;
  const answer = await sim.request({ headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 401);
  return { reason: answer.header('x-tollgate-reason'), steps: sim.stepsTaken - before };
}

const members = (count: number, name = '') =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}${i}`, 0]));
const claims = { iss: 'i', exp: 4_102_444_800 };
const long = { ...claims, x: 'x'.repeat(11_000) };

describe('a token that is refused costs no more than one signature', () => {
  const signed: [what: string, keys: object[], alg: string, bytes: number][] = [
    ['four PSS keys of 4096 bits', rsa(4, 4096), 'PS512', 512],
    ['one of several by its kid', rsa(4, 4096).map((key, i) => ({ ...key, kid: `${i}` })), 'PS512', 512],
    ['sixteen PSS keys of 2048 bits', rsa(16, 2048), 'PS256', 256],
    ['sixteen PSS keys of 3072 bits', rsa(16, 3072), 'PS384', 384],
    ['64 Ed25519 keys', ed25519Keys(64), 'EdDSA', 64],
    ['64 secrets', secrets, 'HS512', 64],
    ['64 secrets, a short digest', secrets, 'HS256', 32],
  ];
  for (const [what, keys, alg, bytes] of signed)
    test(`of ${what}`, async () => {
      const sim = await filter(keys);
      const header = { alg, ...(what.includes('kid') ? { kid: '2' } : {}) };
      for (const payload of [claims, long]) {
        const { reason, steps } = await refused(sim, forged(header, payload, bytes));
        assert.equal(reason, 'jwt_signature');
        assert.ok(steps < stepsMax, `${steps} steps`);
      }
    });

  test('where the exponent is large: such a key verifies no PSS', async () => {
    const sim = await filter(rsa(1, 4096, { e: '_____w' }));
    const { reason, steps } = await refused(sim, forged({ alg: 'PS256' }, claims, 512));
    assert.equal(reason, 'jwt_algorithm');
    assert.ok(steps < readingMax, `${steps} steps`);
  });

  const written: [what: string, header: object | string, payload: object | string][] = [
    ['1,533 claims', { alg: 'HS256' }, { ...claims, ...members(1531) }],
    ['names that end differently', { alg: 'HS256' }, { ...claims, ...members(240, 'x'.repeat(40)) }],
    ['claims within claims', { alg: 'HS256' }, { ...claims, a: members(500), b: members(500) }],
    ['a list', { alg: 'HS256' }, { ...claims, list: Array(5500).fill(0) }],
    ['lists in a list', { alg: 'HS256' }, `{"iss":"i","a":[${'[],'.repeat(3000)}0]}`],
    ['depth', { alg: 'HS256' }, `{"iss":"i","a":${'['.repeat(11_000)}`],
    ['escapes', { alg: 'HS256' }, `{"iss":"i","a":"${'\\u0041'.repeat(1900)}"}`],
    ['names in the header', { alg: 'HS256', ...members(1500) }, claims],
  ];
  for (const [what, header, payload] of written)
    test(`to read, of ${what}`, async () => {
      const { reason, steps } = await refused(await filter(ed25519Keys(1)), forged(header, payload, 32));
      assert.match(reason ?? '', /^jwt_(malformed|algorithm)$/);
      assert.ok(steps < readingMax, `${steps} steps`);
    });

  test('and next to nothing when it comes again', async () => {
    const sim = await filter(rsa(1, 4096));
    const token = forged({ alg: 'PS512' }, claims, 512);
    await refused(sim, token);
    const { reason, steps } = await refused(sim, token);
    assert.equal(reason, 'jwt_signature');
    assert.ok(steps < againMax, `${steps} steps`);
  });
});
