/// <reference lib="dom" />
// What TypeScript encodes and the filters decode is pinned by tests/vectors; here the filters' side of it.
import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { instantiate } from '@assemblyscript/loader';
import { canonicalPath, canonicalPrefix, canonicalSuffix, hostName } from '@tollgate/model';
import fc from 'fast-check';
import { compileFilter } from '../../tools/build-filters.mjs';

interface TokenVector {
  name: string;
  digest: 'hmac-sha256' | 'md5';
  date: 'day' | 'second';
  secrets: string[];
  token: string;
  now: string;
  skewMs: number;
  expect: string;
}

const OUTCOMES = ['verified', 'token_malformed', 'token_expired', 'token_mismatch'];

let functions: Awaited<ReturnType<typeof loadFunctions>>;
before(async () => {
  functions = await loadFunctions();
});
after(() => functions.reset());

function vectors<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`./${path}`, import.meta.url), 'utf8')) as T;
}

for (const vector of vectors<TokenVector[]>('token/tokens.json')) {
  test(`token: ${vector.name} is ${vector.expect}`, () => {
    const { token, secrets, date, digest, now, skewMs } = vector;
    const outcome = functions.verifyToken(token, secrets, date === 'second', digest === 'md5', Date.parse(now), skewMs);
    assert.equal(OUTCOMES[outcome], vector.expect);
  });
}

test('a token signed here is the published one', () => {
  assert.equal(
    functions.signToken('orders', '20261121', 's3cret', false),
    '0f7a613289c9a3e76df1d4d00e53aa872e3b83c71afc7314366b183d773e0c09',
  );
  assert.equal(functions.signToken('orders', '20261121', 's3cret', true), '83210f185968bf44abd1c04a9c1a88eb');
});

for (const { path, canonical } of vectors<{ path: string; canonical: string | null }[]>('path/canonical.json')) {
  test(`path: ${JSON.stringify(path)} is ${canonical ?? 'not canonical'}`, () => {
    assert.equal(functions.canonical(path), canonical);
    assert.equal(canonicalPath(path) ?? null, canonical);
  });
}

for (const { prefix, suffix, canonical } of vectors<{ prefix?: string; suffix?: string; canonical: string | null }[]>(
  'path/parts.json',
)) {
  const part = prefix === undefined ? 'suffix' : 'prefix';
  const text = prefix ?? suffix ?? '';
  test(`path ${part}: ${JSON.stringify(text)} is ${canonical ?? 'not canonical'}`, () => {
    assert.equal(functions[part](text), canonical);
    assert.equal((part === 'prefix' ? canonicalPrefix(text) : canonicalSuffix(text)) ?? null, canonical);
  });
}

const networks = vectors<{ networks: { network: string; inside: string[]; outside: string[] }[]; refused: string[] }>(
  'cidr/networks.json',
);
for (const { network, inside, outside } of networks.networks) {
  test(`network: ${network}`, () => {
    for (const address of inside) assert.equal(functions.networkHas(network, address), 1, address);
    for (const address of outside) assert.equal(functions.networkHas(network, address), 0, address);
  });
}
test('what is no network is refused', () => {
  for (const network of networks.refused) assert.equal(functions.networkHas(network, '10.0.0.1'), -1, network);
});

test('digests agree with those of node for any key and message', () => {
  for (let length = 0; length < 200; length++) {
    const key = randomBytes(length);
    const message = randomBytes((length * 7) % 193);
    assert.deepEqual(functions.hmacSha256(key, message), createHmac('sha256', key).update(message).digest());
    assert.deepEqual(functions.md5Digest(message), createHash('md5').update(message).digest());
    functions.reset();
  }
});

for (const { authority, host } of vectors<{ authority: string; host: string | null }[]>('host/names.json')) {
  test(`host: ${JSON.stringify(authority)} is ${host ?? 'none'}`, () => {
    assert.equal(functions.host(authority), host);
    assert.equal(hostName(authority) ?? null, host);
    assert.equal(functions.hostIsName(authority), authority === host);
    if (host !== null) assert.ok(functions.hostIsName(host));
  });
}

test('both languages read the same host', () => {
  const piece = fc.constantFrom(
    'a',
    'Z',
    '-',
    '_',
    '.',
    ':',
    '80',
    '[',
    ']',
    '::',
    '1',
    'ffff',
    '@',
    '%',
    ',',
    'é',
    ' ',
  );
  const authority = fc.oneof(
    fc.array(piece, { maxLength: 6 }).map((some) => some.join('')),
    fc.ipV6().map((address) => `[${address}]:80`),
  );
  const same = (some: string) => assert.equal(functions.host(some), hostName(some) ?? null);
  fc.assert(fc.property(authority, same), { numRuns: 3000 });
});

describe('paths of any spelling', () => {
  const pieces = [
    '/',
    '.',
    '..',
    ';',
    '%2e',
    '%2E',
    '%2f',
    '%',
    '%61',
    'a',
    '%c3',
    'é',
    '%00',
    '\\',
    '?',
    '%3a',
    ':',
    ' ',
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((some) => some.join(''));
  const path = text.map((rest) => `/${rest}`);

  test('both languages make the same of them, and of parts', () => {
    const same = (some: string) => {
      assert.equal(functions.canonical(some), canonicalPath(some) ?? null);
      assert.equal(functions.prefix(some), canonicalPrefix(some) ?? null);
      assert.equal(functions.suffix(some), canonicalSuffix(some) ?? null);
    };
    fc.assert(fc.property(fc.oneof(text, path), same), { numRuns: 3000 });
  });

  test('what is canonical is its own form', () => {
    const own = (some: string) => {
      for (const form of ['canonical', 'prefix', 'suffix'] as const) {
        const once = functions[form](some);
        if (once !== null) assert.equal(functions[form](once), once);
      }
      assert.doesNotMatch(functions.canonical(some) ?? '', /\/\/|\/\.\.?(\/|$)|;|%2[fF]|\\|%[0-9a-f]?[a-f]/);
    };
    fc.assert(fc.property(path, own), { numRuns: 2000 });
  });

  test('a path begins and ends with the parts of itself', () => {
    const begins = (some: string, cut: number) => {
      const whole = functions.canonical(some);
      if (whole === null) return;
      const at = cut % (whole.length + 1);
      for (const [form, part] of [
        ['prefix', whole.slice(0, at)],
        ['suffix', whole.slice(at)],
      ] as const) {
        const made = functions[form](part);
        if (made !== null) assert.equal(made, part);
      }
    };
    fc.assert(fc.property(path, fc.nat(), begins), { numRuns: 2000 });
  });
});

test('no bucket admits more than its limit in any interval', () => {
  const gaps = fc.array(fc.nat(400_000_000), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(20), gaps, (requests, burst, waits) => {
      let now = 1_000_000_000;
      const times = waits.map((wait) => (now += wait));
      const count = functions.admitted(requests, 1e9, burst, times);
      const elapsed = now - (times[0] ?? now);
      assert.ok(count <= requests + burst + Math.floor((elapsed * requests) / 1e9));
      functions.reset();
    }),
  );
});

/** A test build of the filters' pure functions, with strings and bytes going in and out as buffers. */
async function loadFunctions() {
  const options = [
    '--exportRuntime',
    '--runtime',
    'incremental',
    '--optimizeLevel',
    '1',
    '--outFile',
    'functions.wasm',
  ];
  const module = await WebAssembly.compile(
    Uint8Array.from(await compileFilter('tests/vectors/assembly/functions.ts', options)),
  );
  const { exports } = await instantiate<Record<string, (...values: number[]) => number>>(module, hostStubs(module));
  exports._initialize?.();
  const { __newArrayBuffer, __getArrayBuffer, __pin, __unpin } = exports;
  if (!__newArrayBuffer || !__getArrayBuffer || !__pin || !__unpin) throw new Error('built without the runtime');

  const call = (name: string, ...values: (string | Uint8Array | number | boolean)[]): number => {
    const pinned: number[] = [];
    const lowered = values.map((value) => {
      if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
      const pointer = __pin(__newArrayBuffer(Uint8Array.from(Buffer.from(value as Uint8Array)).buffer as never));
      pinned.push(pointer);
      return pointer;
    });
    const result = exports[name]?.(...lowered);
    for (const pointer of pinned) __unpin(pointer);
    return result ?? 0;
  };
  const form = (name: string, path: string) => {
    const pointer = call(name, path);
    return pointer === 0 ? null : bytes(pointer).toString();
  };
  const bytes = (pointer: number) => Buffer.from(__getArrayBuffer(pointer) as unknown as ArrayBuffer);
  return {
    reset: () => void call('reset'),
    hmacSha256: (key: Uint8Array, message: Uint8Array) => bytes(call('hmacSha256', key, message)),
    md5Digest: (message: Uint8Array) => bytes(call('md5Digest', message)),
    canonical: (path: string) => form('canonical', path),
    host: (authority: string) => form('host', authority),
    hostIsName: (text: string) => call('hostIsName', text) === 1,
    prefix: (path: string) => form('prefix', path),
    suffix: (path: string) => form('suffix', path),
    networkHas: (network: string, address: string) => call('networkHas', network, address),
    verifyToken: (token: string, secrets: string[], seconds: boolean, md5: boolean, now: number, skewMs: number) =>
      call('verifyToken', token, secrets.join('\n'), seconds, md5, now, skewMs),
    signToken: (system: string, date: string, secret: string, md5: boolean) =>
      bytes(call('signToken', system, date, secret, md5)).toString(),
    admitted: (requests: number, perNs: number, burst: number, times: number[]) =>
      call('admitted', requests, perNs, burst, new Uint8Array(Float64Array.from(times).buffer)),
  };
}

/** Pure functions call no host; whoever does it all the same shows here. */
function hostStubs(module: WebAssembly.Module): WebAssembly.Imports {
  const stubs: Record<string, Record<string, () => never>> = {};
  for (const { module: area, name } of WebAssembly.Module.imports(module)) {
    stubs[area] = { ...stubs[area], [name]: () => assert.fail(`${name} was called`) };
  }
  return stubs;
}
