import { heapArena } from '../memory/arena';
import { fromBase64Url } from './base64url';
import { textSlice } from './slice';

const arena = heapArena();

function decoded(text: string): string {
  const bytes = fromBase64Url(arena, textSlice(arena, text));
  return bytes ? String.UTF8.decodeUnsafe(bytes.at, bytes.length) : 'refused';
}

describe('base64url, RFC 4648 §10 without padding', () => {
  it('reads what is written so', () => {
    expect(decoded('')).toBe('');
    expect(decoded('Zg')).toBe('f');
    expect(decoded('Zm8')).toBe('fo');
    expect(decoded('Zm9v')).toBe('foo');
    expect(decoded('Zm9vYg')).toBe('foob');
    expect(decoded('Zm9vYmE')).toBe('fooba');
    expect(decoded('Zm9vYmFy')).toBe('foobar');
    expect(decoded('fn9-')).toBe('~\x7f~');
  });
  it('has one spelling for each value', () => {
    expect(decoded('Zh')).toBe('refused');
    expect(decoded('Zm9')).toBe('refused');
    expect(decoded('Zg==')).toBe('refused');
    expect(decoded('Zg=')).toBe('refused');
    expect(decoded('Z')).toBe('refused');
    expect(decoded('Zm9vZ')).toBe('refused');
  });
  it('knows no other digits', () => {
    expect(decoded('fn9+')).toBe('refused');
    expect(decoded('fn9/')).toBe('refused');
    expect(decoded('Zm 9v')).toBe('refused');
    expect(decoded('Zm9v\n')).toBe('refused');
    expect(decoded('Zm9\0')).toBe('refused');
    expect(decoded('Z=')).toBe('refused');
    expect(decoded('Zm=')).toBe('refused');
    expect(decoded('Zm9vZm=vZm9v')).toBe('refused');
  });
});
