import { heapArena } from '../memory/arena';
import { textSlice } from './slice';

const arena = heapArena();

describe('the first such byte', () => {
  it('wherever it stands, among bytes that differ from it by one bit or by one', () => {
    for (let at = 0; at < 24; at++) {
      const slice = textSlice(arena, '/-,-/-,-/-,-/-,-/-,-/-,-');
      store<u8>(slice.at + at, 0x2e);
      expect(slice.indexOf(0x2e)).toBe(at);
      expect(slice.indexOf(0x2e, at)).toBe(at);
      expect(slice.indexOf(0x2e, at + 1)).toBe(-1);
    }
  });
  it('the first of several, NUL and 0xff too', () => {
    const slice = textSlice(arena, '0123456789abcdef');
    store<u8>(slice.at + 3, 0);
    store<u8>(slice.at + 4, 1);
    store<u8>(slice.at + 5, 0);
    store<u8>(slice.at + 9, 0xff);
    expect(slice.indexOf(0)).toBe(3);
    expect(slice.indexOf(0, 4)).toBe(5);
    expect(slice.indexOf(0xff)).toBe(9);
    expect(slice.indexOf(1)).toBe(4);
  });
  it('not beyond the end', () => {
    const slice = textSlice(arena, '0123456789abcdef');
    slice.length = 9;
    expect(slice.indexOf(0x39)).toBe(-1);
  });
});
