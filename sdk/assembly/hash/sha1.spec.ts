import { fromHex, toHex } from '../bytes/hex';
import { Slice } from '../bytes/slice';
import { heapArena } from '../memory/arena';
import { HmacSha1Key } from './hmac-sha1';
import { sha1 } from './sha1';

const arena = heapArena();
const DIGEST: usize = memory.data(20, 8);
const HEX: usize = memory.data(40, 8);

function hexOf(): string {
  toHex(DIGEST, 20, HEX);
  return String.UTF8.decodeUnsafe(HEX, 40);
}

function sha1Of(text: string): string {
  const bytes = String.UTF8.encode(text);
  sha1(changetype<usize>(bytes), bytes.byteLength, DIGEST);
  return hexOf();
}

/** Key and data in hex. */
function hmacOf(key: string, data: string): string {
  const keyBytes = bytes(key);
  const message = bytes(data);
  HmacSha1Key.of(arena, keyBytes.at, keyBytes.length).digest(message.at, message.length, DIGEST);
  return hexOf();
}

function bytes(hex: string): Slice {
  const text = String.UTF8.encode(hex);
  const slice = changetype<Slice>(arena.zeroed(8));
  slice.at = arena.take(hex.length);
  slice.length = hex.length / 2;
  fromHex(changetype<usize>(text), slice.length, slice.at);
  return slice;
}

describe('sha1, FIPS 180 examples and RFC 3174 7.3', () => {
  it('abc', () => {
    expect(sha1Of('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  });
  it('two blocks', () => {
    expect(sha1Of('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
    );
  });
  it('a million times a', () => {
    expect(sha1Of('a'.repeat(1000000))).toBe('34aa973cd4c4daa4f61eeb2bdbad27316534016f');
  });
  it('ten times the same block', () => {
    expect(sha1Of('0123456701234567012345670123456701234567012345670123456701234567'.repeat(10))).toBe(
      'dea356a2cddd90c7a7ecedc5ebb563934f460452',
    );
  });
  it('empty, and around the padding edge', () => {
    expect(sha1Of('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
    const lengths: i32[] = [55, 56, 63, 64, 119, 120];
    const digests = [
      'c1c8bbdc22796e28c0e15163d20899b65621d65a',
      'c2db330f6083854c99d4b5bfb6e8f29f201be699',
      '03f09f5b158a7a8cdad920bddc29b81c18a551f5',
      '0098ba824b5c16427bd7a1122a5a442a25ec644d',
      'ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56',
      'f34c1488385346a55709ba056ddd08280dd4c6d6',
    ];
    for (let i = 0; i < lengths.length; i++)
      expect(sha1Of('a'.repeat(lengths[i]))).toBe(digests[i], lengths[i].toString());
  });
});

describe('hmac-sha1, RFC 2202', () => {
  it('all seven cases', () => {
    const keys = [
      '0b'.repeat(20), '4a656665', 'aa'.repeat(20), '0102030405060708090a0b0c0d0e0f10111213141516171819',
      '0c'.repeat(20), 'aa'.repeat(80), 'aa'.repeat(80),
    ]; // prettier-ignore
    const data = [
      '4869205468657265',
      '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
      'dd'.repeat(50),
      'cd'.repeat(50),
      '546573742057697468205472756e636174696f6e',
      '54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374',
      '54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b657920616e64204c6172676572205468616e204f6e6520426c6f636b2d53697a652044617461',
    ];
    const digests = [
      'b617318655057264e28bc0b6fb378c8ef146be00',
      'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
      '125d7342b9ac11cd91a39af48aa17b4f63f175d3',
      '4c9007f4026250c6bc8414f9bf50c86c2d7235da',
      '4c1a03424b55e07fe7f27be1d58bb9324a9a5a04',
      'aa4ae5e15272d00e95705637ce8a3b55ed402112',
      'e8e99d0f45237d786d6bbaa7965c7808bbff1a91',
    ];
    for (let i = 0; i < keys.length; i++) expect(hmacOf(keys[i], data[i])).toBe(digests[i], `case ${i + 1}`);
  });
});
