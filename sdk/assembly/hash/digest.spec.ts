import { heapArena } from '../memory/arena';
import { Slice, textSlice } from '../bytes/slice';
import { fromHex, toHex } from '../bytes/hex';
import { HmacKey } from './hmac';
import { md5 } from './md5';
import { sha256 } from './sha256';

const arena = heapArena();
const DIGEST: usize = memory.data(32, 8);
const HEX: usize = memory.data(64, 8);

function hexOf(length: i32): string {
  toHex(DIGEST, length, HEX);
  return String.UTF8.decodeUnsafe(HEX, length * 2);
}

function md5Of(text: string): string {
  const slice = textSlice(arena, text);
  md5(slice.at, slice.length, DIGEST);
  return hexOf(16);
}

function sha256Of(text: string): string {
  const slice = textSlice(arena, text);
  sha256(slice.at, slice.length, DIGEST);
  return hexOf(32);
}

/** Key and data in hex. */
function hmacOf(key: string, data: string): string {
  const keyBytes = bytes(key);
  const message = bytes(data);
  HmacKey.of(arena, keyBytes.at, keyBytes.length).digest(message.at, message.length, DIGEST);
  return hexOf(32);
}

function bytes(hex: string): Slice {
  const slice = textSlice(arena, hex);
  fromHex(slice.at, slice.length / 2, slice.at);
  slice.length /= 2;
  return slice;
}

describe('md5, RFC 1321 A.5', () => {
  it('empty', () => {
    expect(md5Of('')).toBe('d41d8cd98f00b204e9800998ecf8427e');
  });
  it('a', () => {
    expect(md5Of('a')).toBe('0cc175b9c0f1b6a831c399e269772661');
  });
  it('abc', () => {
    expect(md5Of('abc')).toBe('900150983cd24fb0d6963f7d28e17f72');
  });
  it('message digest', () => {
    expect(md5Of('message digest')).toBe('f96b697d7cb7938d525a2f31aaf161d0');
  });
  it('abcdefghijklmnopqrst', () => {
    expect(md5Of('abcdefghijklmnopqrstuvwxyz')).toBe('c3fcd3d76192e4007dfb496cca67e13b');
  });
  it('ABCDEFGHIJKLMNOPQRST', () => {
    expect(md5Of('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')).toBe(
      'd174ab98d277d9f5a5611c2c9f419d9f',
    );
  });
  it('12345678901234567890', () => {
    expect(md5Of('12345678901234567890123456789012345678901234567890123456789012345678901234567890')).toBe(
      '57edf4a22be3c955ac49da2e2107b67a',
    );
  });
});

describe('sha256, FIPS 180-4 examples and the padding edges', () => {
  it('empty', () => {
    expect(sha256Of('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
  it('abc', () => {
    expect(sha256Of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
  it('two blocks', () => {
    expect(sha256Of('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
  });
  it('55 bytes', () => {
    expect(sha256Of('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).toBe(
      '9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318',
    );
  });
  it('56 bytes', () => {
    expect(sha256Of('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).toBe(
      'b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a',
    );
  });
  it('63 bytes', () => {
    expect(sha256Of('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).toBe(
      '7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34',
    );
  });
  it('64 bytes', () => {
    expect(sha256Of('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).toBe(
      'ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb',
    );
  });
  it('119 bytes', () => {
    expect(
      sha256Of(
        'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
      ),
    ).toBe('68297a9eb141ce16bbc0847da1c0c48e2858704feaa13993bde29f87a198a6e1');
  });
  it('120 bytes', () => {
    expect(
      sha256Of(
        'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
      ),
    ).toBe('392add47fbaa8197a874ebe770a947a26dd6f2becce5f64688cc4d18c9da93bd');
  });
});

describe('hmac-sha256, RFC 4231', () => {
  it('case 1', () => {
    const key = '0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b';
    const data = '4869205468657265';
    expect(hmacOf(key, data)).toBe('b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7');
  });
  it('case 2', () => {
    const key = '4a656665';
    const data = '7768617420646f2079612077616e7420666f72206e6f7468696e673f';
    expect(hmacOf(key, data)).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });
  it('case 3', () => {
    const key = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
    const data = 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd';
    expect(hmacOf(key, data)).toBe('773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe');
  });
  it('case 4', () => {
    const key = '0102030405060708090a0b0c0d0e0f10111213141516171819';
    const data = 'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd';
    expect(hmacOf(key, data)).toBe('82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b');
  });
  it('case 6, a key longer than a block', () => {
    const key =
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
    const data =
      '54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374';
    expect(hmacOf(key, data)).toBe('60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54');
  });
  it('case 7, both longer', () => {
    const key =
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
    const data =
      '5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e';
    expect(hmacOf(key, data)).toBe('9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2');
  });
  it('a key of 63 bytes', () => {
    const key =
      '6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b';
    expect(hmacOf(key, '6f726465727300')).toBe('608676a957af0da0f8add302a7f5b05d4e81eb5e8fc34ffd022c1ea596a33901');
  });
  it('a key of 64 bytes', () => {
    const key =
      '6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b';
    expect(hmacOf(key, '6f726465727300')).toBe('050e6dc19bb4256679def61ad15c0fe8b5844aa0ea49ee4b67fa5922150eb617');
  });
  it('a key of 65 bytes', () => {
    const key =
      '6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b';
    expect(hmacOf(key, '6f726465727300')).toBe('5fc1431f3010757276dba01721600bbea2f08dedd20c17232efaafc09cbdc2ef');
  });
});
