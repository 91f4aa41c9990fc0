import { heapArena } from '../memory/arena';
import { fromBase64Url } from './base64url';
import { fromHex, hexDigit, toHex } from './hex';
import { Slice, textSlice } from './slice';

const arena = heapArena();
const OUT: usize = memory.data(64, 8);
const texts = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'];

function textOf(slice: Slice | null): string {
  return slice ? String.UTF8.decodeUnsafe(slice.at, slice.length) : 'none';
}

// RFC 4648 §10, whose base64 vectors hold none of the two letters in which base64url differs, without their padding.
describe('RFC 4648', () => {
  it('base 16', () => {
    const hexes = ['', '66', '666f', '666f6f', '666f6f62', '666f6f6261', '666f6f626172'];
    for (let i = 0; i < texts.length; i++) {
      const text = textSlice(arena, texts[i]);
      toHex(text.at, text.length, OUT);
      expect(String.UTF8.decodeUnsafe(OUT, text.length * 2)).toBe(hexes[i]);
      const hex = textSlice(arena, hexes[i].toUpperCase());
      expect(fromHex(hex.at, text.length, OUT)).toBe(true);
      expect(String.UTF8.decodeUnsafe(OUT, text.length)).toBe(texts[i]);
    }
  });
  it('base 64, without padding', () => {
    const encoded = ['', 'Zg', 'Zm8', 'Zm9v', 'Zm9vYg', 'Zm9vYmE', 'Zm9vYmFy'];
    for (let i = 0; i < texts.length; i++)
      expect(textOf(fromBase64Url(arena, textSlice(arena, encoded[i])))).toBe(texts[i]);
  });
});

describe('a hex digit', () => {
  it('is one of 22 bytes', () => {
    let digits = 0;
    for (let byte: u32 = 0; byte < 256; byte++) if (hexDigit(byte) >= 0) digits++;
    expect(digits).toBe(22);
    const wrong = ['g0', '0G', ' 0', '0x', '/0', ':0', '@0', '`0'];
    for (let i = 0; i < wrong.length; i++) expect(fromHex(textSlice(arena, wrong[i]).at, 1, OUT)).toBe(false, wrong[i]);
  });
});
