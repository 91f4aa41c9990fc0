import { heapArena } from '../memory/arena';
import { Slice, textSlice } from '../bytes/slice';
import { fromHex, toHex } from '../bytes/hex';
import { HmacSha512Key } from './hmac-sha512';
import { SHA384_BYTES, SHA512_BYTES, sha512 } from './sha512';

const arena = heapArena();
const DIGEST: usize = memory.data(64, 8);
const HEX: usize = memory.data(128, 8);

function hexOf(length: i32): string {
  toHex(DIGEST, length, HEX);
  return String.UTF8.decodeUnsafe(HEX, length * 2);
}

function digestOf(text: string, length: i32): string {
  const slice = textSlice(arena, text);
  sha512(slice.at, slice.length, DIGEST, length);
  return hexOf(length);
}

/** Key in hex, data as text. */
function hmacOf(key: string, data: string, length: i32): string {
  const keyBytes = bytes(key);
  const message = textSlice(arena, data);
  HmacSha512Key.of(arena, keyBytes.at, keyBytes.length, length).digest(message.at, message.length, DIGEST);
  return hexOf(length);
}

function bytes(hex: string): Slice {
  const slice = textSlice(arena, hex);
  fromHex(slice.at, slice.length / 2, slice.at);
  slice.length /= 2;
  return slice;
}

const TWO_BLOCKS =
  'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu';

describe('sha-384, RFC 6234 §8.5', () => {
  it('empty', () => {
    expect(digestOf('', SHA384_BYTES)).toBe(
      '38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
    );
  });
  it('abc', () => {
    expect(digestOf('abc', SHA384_BYTES)).toBe(
      'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    );
  });
  it('two blocks', () => {
    expect(digestOf(TWO_BLOCKS, SHA384_BYTES)).toBe(
      '09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039',
    );
  });
  it('a million times a', () => {
    expect(digestOf('a'.repeat(1000000), SHA384_BYTES)).toBe(
      '9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985',
    );
  });
});

describe('sha-512, RFC 6234 §8.5', () => {
  it('empty', () => {
    expect(digestOf('', SHA512_BYTES)).toBe(
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
    );
  });
  it('abc', () => {
    expect(digestOf('abc', SHA512_BYTES)).toBe(
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    );
  });
  it('two blocks', () => {
    expect(digestOf(TWO_BLOCKS, SHA512_BYTES)).toBe(
      '8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909',
    );
  });
  it('a million times a', () => {
    expect(digestOf('a'.repeat(1000000), SHA512_BYTES)).toBe(
      'e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b',
    );
  });
});

describe('hmac-sha-384, RFC 4231', () => {
  it('test case 1', () => {
    expect(hmacOf('0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b', 'Hi There', SHA384_BYTES)).toBe(
      'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
    );
  });
  it('test case 2', () => {
    expect(hmacOf('4a656665', 'what do ya want for nothing?', SHA384_BYTES)).toBe(
      'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
    );
  });
  it('test case 6', () => {
    expect(hmacOf('aa'.repeat(131), 'Test Using Larger Than Block-Size Key - Hash Key First', SHA384_BYTES)).toBe(
      '4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952',
    );
  });
  it('test case 7', () => {
    expect(
      hmacOf(
        'aa'.repeat(131),
        'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
        SHA384_BYTES,
      ),
    ).toBe('6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e');
  });
});

describe('hmac-sha-512, RFC 4231', () => {
  it('test case 1', () => {
    expect(hmacOf('0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b', 'Hi There', SHA512_BYTES)).toBe(
      '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
    );
  });
  it('test case 2', () => {
    expect(hmacOf('4a656665', 'what do ya want for nothing?', SHA512_BYTES)).toBe(
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    );
  });
  it('test case 6', () => {
    expect(hmacOf('aa'.repeat(131), 'Test Using Larger Than Block-Size Key - Hash Key First', SHA512_BYTES)).toBe(
      '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
    );
  });
  it('test case 7', () => {
    expect(
      hmacOf(
        'aa'.repeat(131),
        'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
        SHA512_BYTES,
      ),
    ).toBe(
      'e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58',
    );
  });
});
