import { fromHex } from '../bytes/hex';
import { Slice, sliceOf, textSlice } from '../bytes/slice';
import { heapArena } from '../memory/arena';
import { Ed25519Key } from './ed25519';

const arena = heapArena();

function bytes(hex: string): Slice {
  const text = textSlice(arena, hex);
  const at = arena.take(text.length / 2);
  fromHex(text.at, text.length / 2, at);
  return sliceOf(arena, at, text.length / 2);
}

function verifies(key: string, text: string, signature: string): bool {
  const made = Ed25519Key.of(arena, bytes(key));
  return made ? made.verifies(bytes(signature), bytes(text)) : false;
}

function isKey(hex: string): bool {
  return Ed25519Key.of(arena, bytes(hex)) != null;
}

describe('the signatures of RFC 8032 §7.1', () => {
  it('1', () => {
    const key = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
    const text = '';
    const signature =
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24' +
      '655141438e7a100b';
    expect(verifies(key, text, signature)).toBe(true);
    expect(verifies(key, text + '00', signature)).toBe(false);
  });
  it('2', () => {
    const key = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
    const text = '72';
    const signature =
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee' +
      'b00d291612bb0c00';
    expect(verifies(key, text, signature)).toBe(true);
    expect(verifies(key, text + '00', signature)).toBe(false);
  });
  it('3', () => {
    const key = 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025';
    const text = 'af82';
    const signature =
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d' +
      'c027beceea1ec40a';
    expect(verifies(key, text, signature)).toBe(true);
    expect(verifies(key, text + '00', signature)).toBe(false);
  });
  it('1024', () => {
    const key = '278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e';
    const text =
      '08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e9f77b1e355f6c50544e23f' +
      'b1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a1b270b20329d658675fc6ea534e0810a4432826bf58c' +
      '941efb65d57a338bbd2e26640f89ffbc1a858efcb8550ee3a5e1998bd177e93a7363c344fe6b199ee5d02e82d522c4feba15452f80288a82' +
      '1a579116ec6dad2b3b310da903401aa62100ab5d1a36553e06203b33890cc9b832f79ef80560ccb9a39ce767967ed628c6ad573cb116dbef' +
      'efd75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d206be6cd9ec7aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53' +
      'f1d8ac70bdcb7ed185ce81bd84359d44254d95629e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d' +
      '502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf2b13fd65f27088d78b7e883c8759' +
      'd2c4f5c65adb7553878ad575f9fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089beccf80cfe2df16a2cf65bd92dd597b07' +
      '07e0917af48bbb75fed413d238f5555a7a569d80c3414a8d0859dc65a46128bab27af87a71314f318c782b23ebfe808b82b0ce26401d2e22' +
      'f04d83d1255dc51addd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2af58429ec96031dbcad3dad9af0dcbaaaf268cb8' +
      'fcffead94f3c7ca495e056a9b47acdb751fb73e666c6c655ade8297297d07ad1ba5e43f1bca32301651339e22904cc8c42f58c30c04aafdb' +
      '038dda0847dd988dcda6f3bfd15c4b4c4525004aa06eeff8ca61783aacec57fb3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34df' +
      'f7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08d78ff4ef5d63653a65040cf9bfd4aca7984a74d371459867' +
      '80fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276cd419c17a3ca8e1b939ae49e488acba6b965610b5480109c8b17b80e1' +
      'b7b750dfc7598d5d5011fd2dcc5600a32ef5b52a1ecc820e308aa342721aac0943bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a4' +
      '3dd497f01f17c0e2cb3797aa2a2f256656168e6c496afc5fb93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b5' +
      '0d334ba77c225bc307ba537152f3f1610e4eafe595f6d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fd' +
      'e7cb68606937380db2eaaa707b4c4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8ca' +
      'c60c905c15fc910840b94c00a0b9d0';
    const signature =
      '0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ecea23c436d94b5e8fcd4f681e30a6' +
      'ac00a9704a188a03';
    expect(verifies(key, text, signature)).toBe(true);
    expect(verifies(key, text + '00', signature)).toBe(false);
  });
  it('SHA(abc)', () => {
    const key = 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf';
    const text =
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e' +
      '2a9ac94fa54ca49f';
    const signature =
      'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17a' +
      'd9bef1177331a704';
    expect(verifies(key, text, signature)).toBe(true);
    expect(verifies(key, text + '00', signature)).toBe(false);
  });
});

const KEY = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const R = '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da';
const S = '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';

describe('a signature', () => {
  it('has one form', () => {
    expect(verifies(KEY, '72', R + S)).toBe(true);
    // S + L.
    const other = 'f52db7415978abc61b2c2eb6aeebfca0387b2eaeb4302aeeb00d291612bb0c10';
    expect(verifies(KEY, '72', R + other)).toBe(false);
    expect(verifies(KEY, '72', R.substring(0, 62) + '5a' + S)).toBe(false);
    expect(verifies(KEY, '72', R + S.substring(0, 62))).toBe(false);
    expect(verifies(KEY, '72', R + S + '00')).toBe(false);
    expect(verifies(KEY, '72', '')).toBe(false);
    expect(verifies(KEY, '72', '00'.repeat(64))).toBe(false);
    expect(verifies(KEY, '72', 'ff'.repeat(64))).toBe(false);
  });
  it('is of one key', () => {
    expect(verifies('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', '72', R + S)).toBe(false);
    // The same point's negative.
    expect(verifies(KEY.substring(0, 62) + '8c', '72', R + S)).toBe(false);
  });
});

describe('a key', () => {
  it('has 32 bytes', () => {
    expect(isKey(KEY)).toBe(true);
    expect(isKey(KEY.substring(2))).toBe(false);
    expect(isKey(KEY + '00')).toBe(false);
    expect(isKey('')).toBe(false);
  });
  it('is a point in its one form', () => {
    // With y = 2 there is no point; with 3, 4, 5 and 6 there are two each.
    expect(isKey('02' + '00'.repeat(31))).toBe(false);
    for (let y = 3; y < 7; y++) {
      expect(isKey('0' + y.toString() + '00'.repeat(31))).toBe(true);
      expect(isKey('0' + y.toString() + '00'.repeat(30) + '80')).toBe(true);
    }
    // 3, 4, 5 and 6 with p more, and the largest number.
    for (let y = 0; y < 4; y++) expect(isKey('f' + y.toString() + 'ff'.repeat(30) + '7f')).toBe(false);
    expect(isKey('ff'.repeat(31) + '7f')).toBe(false);
    expect(isKey('ff'.repeat(32))).toBe(false);
  });
  it('is of no small order', () => {
    const eighth = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc';
    const other = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03';
    // y = 1, -1, 0 and 0, and four of order 8: with any of these as a key a signature of R = S·B holds.
    expect(isKey('01' + '00'.repeat(31))).toBe(false);
    expect(isKey('ec' + 'ff'.repeat(30) + '7f')).toBe(false);
    expect(isKey('00'.repeat(32))).toBe(false);
    expect(isKey('00'.repeat(31) + '80')).toBe(false);
    expect(isKey(eighth + '05')).toBe(false);
    expect(isKey(eighth + '85')).toBe(false);
    expect(isKey(other + '7a')).toBe(false);
    expect(isKey(other + 'fa')).toBe(false);
    // x = 0 has no sign.
    expect(isKey('01' + '00'.repeat(30) + '80')).toBe(false);
    expect(isKey('ec' + 'ff'.repeat(30) + 'ff')).toBe(false);
  });
});
