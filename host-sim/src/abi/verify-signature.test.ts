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

test('what is no message is refused', () => {
  assert.equal(verifySignature(Buffer.from([0x0a, 0x7f])), undefined);
  assert.equal(verifySignature(Buffer.from([0x08, 0x01])), undefined);
  assert.equal(verifySignature(argument('sha256', Buffer.alloc(0), text)), undefined);
});
