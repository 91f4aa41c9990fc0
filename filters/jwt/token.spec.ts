import { HmacKey, fromBase64Url, heapArena, textSlice } from 'proxy-wasm';
import { Times } from './claims';
import { Algorithm, algorithmOf } from './algorithm';
import { readToken } from './token';

const arena = heapArena();
const DIGEST: usize = memory.data(32, 8);

// RFC 7515 A.1
const HEADER = 'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9';
const CLAIMS = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const PROOF = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const KEY = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';

describe('the token of RFC 7515 A.1', () => {
  it('is read', () => {
    const token = readToken(arena, textSlice(arena, HEADER + '.' + CLAIMS + '.' + PROOF))!;
    expect(token.header.member('alg')!.text.equals('HS256')).toBe(true);
    expect(token.claims.member('iss')!.text.equals('joe')).toBe(true);
    expect(token.signed.length).toBe(HEADER.length + CLAIMS.length + 1);
    expect(token.signature.length).toBe(32);
  });
  it('is signed with its key', () => {
    const token = readToken(arena, textSlice(arena, HEADER + '.' + CLAIMS + '.' + PROOF))!;
    const key = fromBase64Url(arena, textSlice(arena, KEY))!;
    HmacKey.of(arena, key.at, key.length).digest(token.signed.at, token.signed.length, DIGEST);
    expect(memory.compare(DIGEST, token.signature.at, 32)).toBe(0);
  });
  it('ended on 22 March 2011 at 18:43:00', () => {
    const claims = readToken(arena, textSlice(arena, HEADER + '.' + CLAIMS + '.' + PROOF))!.claims;
    const times = Times.of(arena, claims)!;
    expect(times.refused(1300819379999, 0, 0)).toBe(-1);
    expect(times.refused(1300819380000, 0, 0) < 0).toBe(false);
    expect(times.refused(1300819380000, 1, 0)).toBe(-1);
    // It does not say when it was issued.
    expect(times.refused(1300819379999, 0, 1) < 0).toBe(false);
  });
});

describe('what is no token', () => {
  it('has other than three parts, or parts that are not base64url of objects', () => {
    expect(readToken(arena, textSlice(arena, '')) == null).toBe(true);
    expect(readToken(arena, textSlice(arena, '..')) == null).toBe(true);
    expect(readToken(arena, textSlice(arena, HEADER + '.' + CLAIMS)) == null).toBe(true);
    expect(readToken(arena, textSlice(arena, HEADER + '.' + CLAIMS + '.' + PROOF + '.')) == null).toBe(true);
    expect(readToken(arena, textSlice(arena, HEADER + '.W10.' + PROOF)) == null).toBe(true);
    expect(readToken(arena, textSlice(arena, HEADER + '.' + CLAIMS + '=.' + PROOF)) == null).toBe(true);
  });
});

describe('algorithms', () => {
  it('are known by their exact names', () => {
    expect(algorithmOf(textSlice(arena, 'HS256'))).toBe(Algorithm.HS256);
    expect(algorithmOf(textSlice(arena, 'RS384'))).toBe(Algorithm.RS384);
    expect(algorithmOf(textSlice(arena, 'ES512'))).toBe(Algorithm.ES512);
    expect(algorithmOf(textSlice(arena, 'hs256'))).toBe(Algorithm.UNKNOWN);
    expect(algorithmOf(textSlice(arena, 'none'))).toBe(Algorithm.UNKNOWN);
    expect(algorithmOf(textSlice(arena, 'PS256'))).toBe(Algorithm.PS256);
    expect(algorithmOf(textSlice(arena, 'EdDSA'))).toBe(Algorithm.EDDSA);
    expect(algorithmOf(textSlice(arena, 'Ed25519'))).toBe(Algorithm.EDDSA);
    expect(algorithmOf(textSlice(arena, 'eddsa'))).toBe(Algorithm.UNKNOWN);
    expect(algorithmOf(textSlice(arena, 'Ed448'))).toBe(Algorithm.UNKNOWN);
    expect(algorithmOf(textSlice(arena, 'ES2561'))).toBe(Algorithm.UNKNOWN);
  });
});
