import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { describe, test } from 'node:test';
import { parseNetwork } from '@tollgate/model';
import fc from 'fast-check';
import { compileNetworks, packNetworks } from './networks.js';

const bytes = (text: string | undefined) => [...Buffer.from(text ?? '', 'base64url')];

describe('packed networks', () => {
  test('are records of address and prefix, in order, none within another', () => {
    const { v4, v6 } = packNetworks(['10.1.0.0/16', '192.0.2.1', '10.0.0.0/8', '::ffff:9.9.9.9/104', '2001:db8::1/32']);
    assert.deepEqual(bytes(v4), [9, 0, 0, 0, 8, 10, 0, 0, 0, 8, 192, 0, 2, 1, 32]);
    assert.deepEqual(bytes(v6), [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32]);
  });

  test('have no family that is empty', () => {
    assert.deepEqual(Object.keys(packNetworks(['::1'])), ['v6']);
  });

  test('are for long lists only', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `10.0.${index}.0/24`);
    assert.deepEqual(compileNetworks(many(100)), many(100));
    assert.ok(!Array.isArray(compileNetworks(many(101))));
  });

  test('of many overlapping ones hold the same addresses', () => {
    const network = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, prefix]) => `${ip}/${prefix}`);
    fc.assert(
      fc.property(fc.array(network, { minLength: 1, maxLength: 30 }), fc.ipV4(), (networks, address) => {
        const list = new BlockList();
        for (const text of networks) list.addSubnet(text.split('/')[0] ?? '', Number(text.split('/')[1]));
        const packed = bytes(packNetworks(networks).v4);
        const number = (at: number[]) => at.reduce((sum, byte) => sum * 256 + byte, 0);
        const inside = packed.some(
          (_, at) =>
            at % 5 === 0 &&
            Math.floor(number(packed.slice(at, at + 4)) / 2 ** (32 - (packed[at + 4] ?? 0))) ===
              Math.floor(number(address.split('.').map(Number)) / 2 ** (32 - (packed[at + 4] ?? 0))),
        );
        assert.equal(inside, list.check(address));
      }),
    );
  });
});

describe('a network', () => {
  const wrong = [
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '::/129',
    'fe80::1%eth0',
    '::ffff:0:0/64',
    'a',
  ];
  for (const text of wrong) test(`is not "${text}"`, () => assert.equal(parseNetwork(text), undefined));
  test('in IPv6 notation of an IPv4 address is that of IPv4', () => {
    assert.deepEqual(parseNetwork('::ffff:10.1.2.3/104'), { bytes: Uint8Array.of(10, 0, 0, 0), prefix: 8 });
  });
});
