import { fromHex, toHex } from '../bytes/hex';
import { textSlice } from '../bytes/slice';
import { heapArena } from '../memory/arena';
import { isBelowOrder, reduceToOrder } from './order-25519';

const arena = heapArena();
const FROM: usize = memory.data(64, 8);
const TO: usize = memory.data(32, 8);
const HEX: usize = memory.data(64, 8);

/** Both in hex, little-endian; what is given may lack zeros at its end. */
function reduced(hex: string): string {
  read(hex);
  reduceToOrder(TO, FROM);
  toHex(TO, 32, HEX);
  return String.UTF8.decodeUnsafe(HEX, 64);
}

function read(hex: string): void {
  const text = textSlice(arena, hex);
  memory.fill(FROM, 0, 64);
  fromHex(text.at, text.length / 2, FROM);
}

function isBelow(hex: string): bool {
  read(hex);
  return isBelowOrder(FROM);
}

describe('a number modulo L', () => {
  it('of zero', () => {
    expect(reduced('')).toBe('0000000000000000000000000000000000000000000000000000000000000000');
  });
  it('of one less than L', () => {
    expect(reduced('ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')).toBe(
      'ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010',
    );
  });
  it('of L', () => {
    expect(reduced('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')).toBe(
      '0000000000000000000000000000000000000000000000000000000000000000',
    );
  });
  it('of 2L - 1', () => {
    expect(reduced('d9a7ebb934c624b0ac39ef45bdf3bd2900000000000000000000000000000020')).toBe(
      'ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010',
    );
  });
  it('of 2^253: the borrow goes on through a word that is 0', () => {
    expect(reduced('0000000000000000000000000000000000000000000000000000000000000020')).toBe(
      '132c0aa3e59ceda72963085d210621ebffffffffffffffffffffffffffffff0f',
    );
  });
  it('of the largest', () => {
    expect(
      reduced(
        'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff' +
          'ffffffffffffffffffffffffffffffff',
      ),
    ).toBe('000f9c44e31106a447938568a71b0ed065bef517d273ecce3d9a307c1b419903');
  });
  it('of L times a large number, and 5', () => {
    expect(
      reduced(
        'ca9f78ca4c02ad0e3d1c8ab620617f74ee0300000000000000000000000000906ba2aee7d21893c0b2e6bc17f5cef7a6' +
          '00000000000000000000000000000080',
      ),
    ).toBe('0500000000000000000000000000000000000000000000000000000000000000');
  });
});

describe('a number below L', () => {
  it('is 0, or L - 1, and not L or more', () => {
    expect(isBelow('')).toBe(true);
    expect(isBelow('ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')).toBe(true);
    expect(isBelow('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')).toBe(false);
    expect(isBelow('eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')).toBe(false);
    expect(isBelow('0000000000000000000000000000000000000000000000000000000000000010')).toBe(true);
    expect(isBelow('edd3f55c1a631258d69cf7a2def9de1401000000000000000000000000000010')).toBe(false);
    expect(isBelow('ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff')).toBe(false);
  });
});
