// What the dearest tokens cost that are refused: µs of the filter's own time in V8, as Envoy runs it. What a host verifies (RSA
// PKCS #1, ECDSA) is not in it. Each token is sent once, but for those that are said to be repeated.
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { quantile } from './filters.mjs';
import { compiled } from './policies.mjs';
import { StubHost } from './stub-host.mjs';
import { verdict } from './table.mjs';

const tokens = 300;
const warmUp = 100;
/** µs. */
const worst = 500;

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const publicKey = (type, options, kid) => ({
  ...generateKeyPairSync(type, options).publicKey.export({ format: 'jwk' }),
  ...(kid && { kid }),
});
const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));
const keysOf = {
  rsa4096: () => times(4, () => publicKey('rsa', { modulusLength: 4096 })),
  rsa3072: () => times(4, () => publicKey('rsa', { modulusLength: 3072 })),
  rsa2048: () => times(16, () => publicKey('rsa', { modulusLength: 2048 })),
  largeExponent: () => [publicKey('rsa', { modulusLength: 4096, publicExponent: 0xffffffef })],
  ed25519: () => times(16, () => publicKey('ed25519', {})),
};
const secrets = times(64, () => randomBytes(64));

/** Claims that fill a token, as far as it may be long. */
const filled = (begin, part, bytes = 12_000) => {
  let text = begin;
  for (let i = 0; text.length < bytes; i++) text += part(i);
  return text;
};
const claims = (iss, more = '') => `{"iss":"${iss}","exp":4102444800${more}}`;
const members = (count) => times(count, (i) => `,"${i.toString(36)}":0`).join('');
/** The longest names of which the last letters alone differ. */
const alike = (count) => times(count, (i) => `,"${'x'.repeat(34)}${1000 + i}":0`).join('');
const nested = (count) => times(20, (i) => `,"x${i}":{${members(count).slice(1)}}`).join('');
const padding = `,"x":"${'x'.repeat(11_500)}"`;

const escapes = `,"x":"${'\\u0041'.repeat(1900)}"`;

/** What is sent, and by whom it is said to be issued: a signature that no key made, or one of a secret's own. */
const cases = [
  ['no token', () => undefined],
  ['HS256, short, one key by its kid', (i) => forged({ alg: 'HS256', kid: '7' }, claims('secrets'), 32, i)],
  ['HS512, 16 KiB, 64 keys', (i) => forged({ alg: 'HS512' }, claims('secrets', padding), 64, i)],
  ['PS256, 16 keys of 2048 bits', (i) => forged({ alg: 'PS256' }, claims('rsa2048'), 256, i)],
  ['PS384, 4 keys of 3072 bits', (i) => forged({ alg: 'PS384' }, claims('rsa3072'), 384, i)],
  ['PS512, 4 keys of 4096 bits', (i) => forged({ alg: 'PS512' }, claims('rsa4096'), 512, i)],
  ['PS512, 4 keys of 4096 bits, 16 KiB', (i) => forged({ alg: 'PS512' }, claims('rsa4096', padding), 512, i)],
  [
    'PS512, 4 keys of 4096 bits, 16 KiB of escapes',
    (i) => forged({ alg: 'PS512' }, claims('rsa4096', escapes), 512, i),
  ],
  ['PS512, 4 keys of 4096 bits, 256 claims', (i) => forged({ alg: 'PS512' }, claims('rsa4096', alike(254)), 512, i)],
  ['PS256, a key of 4096 bits, exponent of 32 bits', (i) => forged({ alg: 'PS256' }, claims('largeExponent'), 512, i)],
  ['EdDSA, 16 keys', (i) => forged({ alg: 'EdDSA' }, claims('ed25519'), 64, i)],
  ['EdDSA, 16 keys, 16 KiB', (i) => forged({ alg: 'EdDSA' }, claims('ed25519', padding), 64, i)],
  [
    'RS256 and 16 KiB, what the filter does beside it',
    (i) => forged({ alg: 'RS256' }, claims('rsa2048', padding), 256, i),
  ],
  ['1533 claims', (i) => forged({ alg: 'EdDSA' }, claims('ed25519', members(1531)), 64, i)],
  ['256 claims', (i) => forged({ alg: 'EdDSA' }, claims('ed25519', members(254)), 64, i)],
  ['256 claims, names alike', (i) => forged({ alg: 'EdDSA' }, claims('ed25519', alike(254)), 64, i)],
  ['claims within claims, 60 each', (i) => forged({ alg: 'EdDSA' }, claims('ed25519', nested(60)), 64, i)],
  ['a list of 6,000', (i) => forged({ alg: 'EdDSA' }, `${filled('{"x":[0', () => ',0')}]}`, 64, i)],
  [
    'a list of 1,000 and long texts',
    (i) => forged({ alg: 'EdDSA' }, `${filled('{"x":[0', () => ',"abcdefgh"')}]}`, 64, i),
  ],
  ['escapes only', (i) => forged({ alg: 'EdDSA' }, `${filled('{"x":"', () => '\\u0041')}"}`, 64, i)],
  [
    'lists as deep as they come',
    (i) =>
      forged(
        { alg: 'EdDSA' },
        filled('{"x":', () => '['),
        64,
        i,
      ),
  ],
  ['many small lists', (i) => forged({ alg: 'EdDSA' }, `${filled('{"x":[0', () => ',[]')}]}`, 64, i)],
  ['a header of 1,500 names', (i) => forged(`{"alg":"EdDSA"${members(1500)}}`, '{}', 64, i)],
  ['PS512, 4 keys of 4096 bits, repeated', () => forged({ alg: 'PS512' }, claims('rsa4096'), 512, 0)],
  ['expired, HS512, repeated', () => signed({ alg: 'HS512', kid: '7' }, '{"iss":"secrets","exp":1}')],
];

function forged(header, payload, bytes, i) {
  // Below any modulus, and below the order of Ed25519's curve.
  const signature = Buffer.alloc(bytes, 1);
  signature.writeUInt32BE(i, 4);
  return `${encode(header)}.${encode(payload)}.${signature.toString('base64url')}`;
}

function signed(header, payload) {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac('sha512', secrets[7]).update(text).digest('base64url')}`;
}

export async function refusals(root) {
  const { modulePath } = await import('@tollgate/filters');
  const inline = Object.entries(keysOf).map(([name, make]) => ({
    ...{ name: name.toLowerCase(), issuer: name },
    jwks: { inline: JSON.stringify({ keys: make() }) },
  }));
  const oct = (secret, i) => ({ kty: 'oct', kid: `${i}`, k: secret.toString('base64url') });
  const providers = [...inline, { name: 'secrets', issuer: 'secrets', jwks: { env: 'BENCH_SECRETS' } }];
  const plugin = await compiled(root, modulePath('governance'), ['JwtPolicy', { providers }]);
  const { vm_config, configuration } = plugin.typed_config.config;
  const module = new WebAssembly.Module(Buffer.from(vm_config.code.local.inline_bytes, 'base64'));
  const env = { BENCH_SECRETS: JSON.stringify({ keys: secrets.map(oct) }) };
  return cases.map(([what, token]) => {
    const host = new StubHost(module, Buffer.from(configuration.value), { env });
    host.configure();
    const requests = times(warmUp + tokens, (i) => {
      const text = token(i);
      return StubHost.requestWith(text === undefined ? {} : { authorization: `Bearer ${text}` });
    });
    for (const request of requests.slice(0, warmUp)) host.request(request);
    if (!host.refused) throw new Error(`${what}: it was not refused`);
    const taken = requests.slice(warmUp).map((request) => {
      const started = performance.now();
      host.request(request);
      return (performance.now() - started) * 1000;
    });
    const value = Number(quantile(taken, 0.5).toFixed(1));
    return verdict({ what, value, unit: 'µs' }, value, worst);
  });
}
