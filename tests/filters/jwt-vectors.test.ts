/// <reference lib="dom" />
// The proof of a JSON Web Signature against published vectors, with the filter's own code and Envoy's `verify_signature` as
// the simulator has it.
import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, type JsonWebKey, randomBytes, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { instantiate } from '@assemblyscript/loader';
import { verifySignature } from '../../host-sim/src/abi/verify-signature.js';
import { compileFilter } from '../../tools/build-filters.mjs';

/** Calls a function of `tests/vectors/assembly/jws.ts`. */
type Call = (name: string, ...values: (Buffer | number)[]) => number;
let call: Call;
before(async () => {
  call = await load();
});
const proves = (keySet: object, token: string) =>
  call('proves', Buffer.from(JSON.stringify(keySet)), Buffer.from(token));

describe('RFC 7515', () => {
  const { examples } = JSON.parse(readFileSync(new URL('../vectors/jwt/rfc7515.json', import.meta.url), 'utf8')) as {
    examples: { name: string; key: object; token: string }[];
  };
  for (const { name, key, token } of examples) {
    test(`${name} is proved by its key, and no other text is`, () => {
      assert.equal(proves({ keys: [key] }, token), 1);
      const changed = token.replace(/\.(.)/, (_, first) => `.${first === 'e' ? 'f' : 'e'}`);
      assert.equal(proves({ keys: [key] }, changed), 0);
    });
  }
});

interface Group {
  comment: string;
  public?: Jwk;
  private?: Jwk;
  tests: { tcId: number; comment: string; jws: string; result: string }[];
}
interface PssGroup {
  publicKeyJwk: JsonWebKey;
  tests: { tcId: number; msg: string; sig: string; result: string }[];
}
interface Ed25519Group {
  publicKey: { pk: string };
  tests: { tcId: number; msg: string; sig: string; result: string }[];
}
interface Jwk {
  kty?: string;
  alg?: string;
  keys?: object[];
}

/** Published files, read in place: they are larger than all our sources. TOLLGATE_VECTORS names another folder that has them. */
const vectors = process.env.TOLLGATE_VECTORS ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url));
const wycheproof = `${vectors}/wycheproof/`;
const groups = (file: string): Group[] => JSON.parse(readFileSync(wycheproof + file, 'utf8')).testGroups;
const absent = existsSync(wycheproof) ? false : 'the vectors are not beside this checkout';

/** `ES521` is the vectors' name for what RFC 7518 calls ES512. */
const unknown = (key: Jwk) => /^ES521$/.test(key.alg ?? '');

/** Where the published result is not what we answer: 367 and 370 are, byte for byte, the valid case 357; 372 and 373 have a `?` in base64url; 346 and 350 are of PS384 with a key that says PS256. */
const answers: Record<number, string> = {
  ...{ 346: 'invalid', 350: 'invalid', 372: 'invalid', 373: 'invalid' },
  ...{ 367: 'valid', 370: 'valid' },
};

describe('Wycheproof', { skip: absent }, () => {
  if (absent) return;
  for (const [at, { comment, tests, ...group }] of groups('json_web_signature_test.json').entries()) {
    const key = (group.public ?? group.private) as Jwk;
    test(`signatures, group ${at + 1}: ${comment}`, () => {
      for (const { tcId, jws, result } of tests) {
        const answer = proves({ keys: [key] }, jws);
        if (unknown(key)) assert.equal(answer, -1, `case ${tcId}`);
        else assert.equal(answer > 0 ? 'valid' : 'invalid', answers[tcId] ?? result, `case ${tcId}`);
      }
    });
  }

  for (const [at, { comment, tests, ...group }] of groups('json_web_key_test.json').entries()) {
    const set = (group.public ?? group.private) as Jwk;
    // Sets of both kinds are taken, since a key's kind decides what it proves; the weak primes of one old chip are not looked for.
    const differs = comment === 'jws_mixedSymmetryKeyset' || comment === 'jws_rsa_roca_key';
    test(`key sets, group ${at + 1}: ${comment}`, () => {
      for (const { tcId, jws, result } of tests)
        assert.equal(proves(set, jws) > 0 ? 'valid' : 'invalid', differs ? 'valid' : result, `case ${tcId}`);
    });
  }
});

describe('PSS', () => {
  const verifies = ({ n = '', e = '' }: JsonWebKey, bytes: number, text: Buffer, signature: Buffer) =>
    call('verifiesPss', Buffer.from(n, 'base64url'), Buffer.from(e, 'base64url'), bytes, text, signature);

  test('of Wycheproof, SHA-256 with salts of 32 bytes', { skip: absent }, () => {
    for (const { publicKeyJwk, tests } of groups('rsa_pss_2048_sha256_mgf1_32_test.json') as unknown as PssGroup[]) {
      for (const { tcId, msg, sig, result } of tests) {
        const answer = verifies(publicKeyJwk, 32, Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex'));
        assert.equal(answer === 1 ? 'valid' : 'invalid', result, `case ${tcId}`);
      }
    }
  });

  // With 2049 bits the encoded message is a byte shorter than the modulus; with 2050 seven of its bits are unused.
  for (const modulusLength of [2048, 2049, 2050, 2055, 3072, 4096])
    test(`as OpenSSL signs, with ${modulusLength} bits`, () => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
      const key = publicKey.export({ format: 'jwk' });
      const text = Buffer.from('what is signed');
      for (const bytes of [32, 48, 64]) {
        const padding = constants.RSA_PKCS1_PSS_PADDING;
        const signed = (saltLength: number) => sign(`sha${bytes * 8}`, text, { key: privateKey, padding, saltLength });
        const signature = signed(bytes);
        assert.equal(verifies(key, bytes, text, signature), 1);
        assert.equal(verifies(key, bytes, Buffer.from('another text'), signature), 0);
        assert.equal(verifies(key, bytes, text, signed(bytes - 1)), 0);
        assert.equal(verifies(key, bytes, text, signature.subarray(1)), 0);
        for (const at of [0, 1, 100, signature.length - 1]) {
          const wrong = Buffer.from(signature);
          wrong[at] = (wrong[at] ?? 0) ^ 1;
          assert.equal(verifies(key, bytes, text, wrong), 0);
        }
      }
    });

  test('takes no even modulus, and none of more than 4096 bits', () => {
    const e = 'AQAB';
    const n = (bytes: number, last: number) =>
      Buffer.alloc(bytes, 255)
        .fill(last, bytes - 1)
        .toString('base64url');
    assert.equal(verifies({ n: n(256, 254), e }, 32, Buffer.alloc(1), Buffer.alloc(256)), -1);
    assert.equal(verifies({ n: n(513, 255), e }, 32, Buffer.alloc(1), Buffer.alloc(513)), -1);
    assert.equal(verifies({ n: n(512, 255), e }, 32, Buffer.alloc(1), Buffer.alloc(512)), 0);
  });
});

describe('Ed25519', () => {
  const verifies = (key: Buffer, text: Buffer, signature: Buffer) => call('verifiesEd25519', key, text, signature);

  test('of Wycheproof', { skip: absent }, () => {
    let cases = 0;
    for (const { publicKey, tests } of groups('ed25519_test.json') as unknown as Ed25519Group[]) {
      for (const { tcId, msg, sig, result } of tests) {
        const answer = verifies(Buffer.from(publicKey.pk, 'hex'), Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex'));
        assert.equal(answer, result === 'valid' ? 1 : 0, `case ${tcId}`);
        cases++;
      }
    }
    assert.equal(cases, 151);
  });

  test('as OpenSSL signs, for texts of every length about the blocks of the digest', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    for (let length = 0; length < 330; length++) {
      const text = Buffer.alloc(length, 'what is signed ');
      const signature = sign(null, text, privateKey);
      assert.equal(verifies(key, text, signature), 1, `${length} bytes`);
      const wrong = Buffer.from(signature);
      const at = length % 64;
      wrong[at] = (wrong[at] ?? 0) ^ (1 << (length % 8));
      assert.equal(verifies(key, text, wrong), 0, `${length} bytes`);
    }
  });

  test('as OpenSSL does, with any key', () => {
    for (let i = 0; i < 200; i++) {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
      const text = randomBytes(i);
      assert.equal(verifies(key, text, sign(null, text, privateKey)), 1);
      assert.equal(verifies(key, Buffer.from([...text, 0]), sign(null, text, privateKey)), 0);
    }
  });
});

async function load(): Promise<Call> {
  const options = ['--exportRuntime', '--runtime', 'incremental', '--optimizeLevel', '1', '--outFile', 'jws.wasm'];
  const module = await WebAssembly.compile(
    Uint8Array.from(await compileFilter('tests/vectors/assembly/jws.ts', options)),
  );
  const imports: WebAssembly.Imports = {};
  for (const { module: area, name } of WebAssembly.Module.imports(module))
    imports[area] = { ...imports[area], [name]: () => assert.fail(`${name} was called`) };
  const memory = () => Buffer.from((exports.memory as unknown as WebAssembly.Memory).buffer);
  const foreign = (_name: number, _size: number, at: number, size: number, out: number, outSize: number): number => {
    const answer = verifySignature(Uint8Array.from(memory().subarray(at, at + size)));
    if (!answer) return 2;
    const to = exports.proxy_on_memory_allocate?.(answer.length) ?? 0;
    memory().set(answer, to);
    memory().writeUInt32LE(to, out);
    memory().writeUInt32LE(answer.length, outSize);
    return 0;
  };
  imports.env = { ...imports.env, proxy_call_foreign_function: foreign };
  const { exports } = await instantiate<Record<string, (...values: number[]) => number>>(module, imports);
  exports._initialize?.();
  const lower = (bytes: Buffer) =>
    exports.__pin?.(exports.__newArrayBuffer?.(Uint8Array.from(bytes).buffer as never) ?? 0) ?? 0;
  return (name, ...given) => {
    const values = given.map((value) => (typeof value === 'number' ? value : lower(value)));
    const result = exports[name]?.(...values) ?? 0;
    for (const [index, value] of values.entries()) if (typeof given[index] !== 'number') exports.__unpin?.(value);
    return result;
  };
}
