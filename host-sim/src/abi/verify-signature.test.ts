import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import test from 'node:test';
import { writeFields } from './protobuf.js';
import { verifySignature } from './verify-signature.js';

const text = Buffer.from('signed');
const argument = (hash: string, key: Uint8Array, signature: Uint8Array) =>
  writeFields([
    [1, Buffer.from(hash)],
    [2, key],
    [3, signature],
    [4, text],
  ]);
const TRUE = '0801';
const answer = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const der = (pair: typeof rsa) => pair.publicKey.export({ format: 'der', type: 'spki' });

test('RSA and ECDSA signatures hold, and only with their hash', () => {
  for (const pair of [rsa, ec]) {
    const signature = sign('sha256', text, pair.privateKey);
    assert.equal(answer(verifySignature(argument('sha256', der(pair), signature))), TRUE);
    assert.notEqual(answer(verifySignature(argument('sha512', der(pair), signature))), TRUE);
    assert.match(Buffer.from(verifySignature(argument('sha512', der(pair), signature)) ?? []).toString(), /Failed/);
  }
});

test('a curve that Envoy does not know proves nothing', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const signature = sign('sha256', text, other.privateKey);
  assert.match(
    Buffer.from(verifySignature(argument('sha256', der(other), signature)) ?? []).toString(),
    /Failed to init/,
  );
});

test('keys and hashes that Envoy does not take are an answer, no fault', () => {
  const ed = generateKeyPairSync('ed25519');
  const signature = sign(null, text, ed.privateKey);
  const key = ed.publicKey.export({ format: 'der', type: 'spki' });
  for (const bytes of [
    argument('sha256', key, signature),
    argument('md4', der(rsa), signature),
    argument('sha256', text, text),
  ])
    assert.notEqual(answer(verifySignature(bytes)), TRUE);
});

test('a key in PEM is a public one, and the only one', () => {
  const signature = sign('sha256', text, ec.privateKey);
  const pem = (pair: typeof ec) => Buffer.from(pair.publicKey.export({ format: 'pem', type: 'spki' }));
  const withPem = (key: Uint8Array, ...more: [number, Uint8Array][]) =>
    verifySignature(writeFields([[1, Buffer.from('sha256')], [3, signature], [4, text], ...more, [5, key]]));
  assert.equal(answer(withPem(pem(ec))), TRUE);
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.match(Buffer.from(withPem(pem(other)) ?? []).toString(), /Failed to verify/);
  const secret = Buffer.from(ec.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  for (const key of [Buffer.from('junk'), secret])
    assert.match(Buffer.from(withPem(key) ?? []).toString(), /Failed to init/);
  for (const refused of [withPem(pem(ec), [2, der(ec)]), withPem(Buffer.from('junk'), [2, der(ec)]), withPem(der(ec))])
    assert.equal(refused, undefined);
});

test('what is no message is refused', () => {
  assert.equal(verifySignature(Buffer.from([0x0a, 0x7f])), undefined);
  assert.equal(verifySignature(Buffer.from([0x08, 0x01])), undefined);
  assert.equal(verifySignature(argument('sha256', Buffer.alloc(0), text)), undefined);
});
