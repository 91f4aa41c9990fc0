import { heapArena } from '../memory/arena';
import { textSlice } from '../bytes/slice';
import { Address, parseAddress, parseEndpoint } from './address';
import { parseNetwork } from './network';
import { NetworkList, NetworkSet } from './network-set';

const arena = heapArena();

function address(text: string): Address {
  return parseAddress(arena, textSlice(arena, text))!;
}

function endpoint(text: string): Address | null {
  return parseEndpoint(arena, textSlice(arena, text));
}

function set(networks: string[]): NetworkSet {
  const made = NetworkList.withRoom(arena, networks.length);
  for (let i = 0; i < networks.length; i++) made.add(parseNetwork(arena, textSlice(arena, networks[i]))!);
  return NetworkSet.of(arena, made);
}

describe('addresses', () => {
  it('come with a port', () => {
    expect(endpoint('1.2.3.4:567')!.low).toBe(0x01020304);
    expect(endpoint('[::1]:567')!.low).toBe(1);
    expect(endpoint('[fe80::1%eth0]:567')!.low).toBe(1);
    expect(endpoint('::ffff:1.2.3.4')!.v4).toBe(true);
    expect(endpoint('[::ffff:1.2.3.4]:1')!.v4).toBe(true);
    expect(endpoint('2001:db8::1')!.high).toBe(0x20010db800000000);
  });
  it('are nothing else', () => {
    const wrong = [
      '',
      'unknown',
      '_hidden',
      '1.2.3.4:',
      '1.2.3.4:a',
      '1.2.3.4:123456',
      '[::1',
      '[::1]x',
      '[1.2.3.4]:5',
      ',',
      '/run/s',
    ];
    for (let i = 0; i < wrong.length; i++) expect(endpoint(wrong[i]) == null).toBe(true, wrong[i]);
  });
});

describe('a set of networks', () => {
  it('knows what is in it, at the edges too', () => {
    const networks = set(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1/128']);
    expect(networks.has(address('10.0.0.0'))).toBe(true);
    expect(networks.has(address('10.255.255.255'))).toBe(true);
    expect(networks.has(address('9.255.255.255'))).toBe(false);
    expect(networks.has(address('11.0.0.0'))).toBe(false);
    expect(networks.has(address('::ffff:192.0.2.1'))).toBe(true);
    expect(networks.has(address('2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'))).toBe(true);
    expect(networks.has(address('::1'))).toBe(true);
    expect(networks.has(address('::2'))).toBe(false);
  });
  it('joins what overlaps, in any order', () => {
    const networks = set(['10.2.0.0/16', '10.0.0.0/8', '10.1.0.0/16', '9.0.0.0/8', '10.0.0.0/8', '12.0.0.0/7']);
    expect(networks.has(address('9.1.1.1'))).toBe(true);
    expect(networks.has(address('10.200.1.1'))).toBe(true);
    expect(networks.has(address('11.0.0.0'))).toBe(false);
    expect(networks.has(address('13.255.255.255'))).toBe(true);
    expect(networks.has(address('14.0.0.0'))).toBe(false);
  });
  it('keeps the families apart', () => {
    expect(set(['::/0']).has(address('1.2.3.4'))).toBe(false);
    expect(set(['0.0.0.0/0']).has(address('::'))).toBe(false);
    expect(set(['0.0.0.0/0']).has(address('255.255.255.255'))).toBe(true);
  });
  it('agrees with a plain search over many networks', () => {
    const list = NetworkList.withRoom(arena, 3000);
    for (let i = 0; i < 3000; i++) {
      const text = '10.' + ((i * 37) % 256).toString() + '.' + ((i * 101) % 256).toString() + '.0/24';
      list.add(parseNetwork(arena, textSlice(arena, text))!);
    }
    const many = NetworkSet.of(arena, list);
    const known = new Set<i32>();
    for (let i = 0; i < 3000; i++) known.add((((i * 37) % 256) << 8) | ((i * 101) % 256));
    let wrong = 0;
    for (let net = 0; net < 65536; net++) {
      const probe = changetype<Address>(arena.zeroed(offsetof<Address>()));
      probe.low = 0x0a000000 + (net << 8) + (net & 255);
      probe.v4 = true;
      if (many.has(probe) != known.has(net)) wrong++;
    }
    expect(wrong).toBe(0);
  });
});

/** Records of the packed form: `10.0.0.0/8` is 10 0 0 0 8. */
function packed(bytes: u8[], v6: bool): NetworkSet | null {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = ((<u32>bytes[i]) << 16) | (left > 1 ? (<u32>bytes[i + 1]) << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
    for (let j = 0; j <= min(left, 3); j++) text += digits.charAt((word >> (18 - 6 * j)) & 63);
  }
  const slice = textSlice(arena, text);
  const set = NetworkSet.empty(arena);
  return (v6 ? set.unpackV6(arena, arena, slice) : set.unpackV4(arena, arena, slice)) ? set : null;
}

describe('a packed set of networks', () => {
  it('knows what is in it, at the edges too', () => {
    const networks = packed([9, 0, 0, 0, 8, 10, 1, 0, 0, 16, 255, 255, 255, 255, 32], false)!;
    expect(networks.has(address('8.255.255.255'))).toBe(false);
    expect(networks.has(address('9.0.0.0'))).toBe(true);
    expect(networks.has(address('9.255.255.255'))).toBe(true);
    expect(networks.has(address('10.0.255.255'))).toBe(false);
    expect(networks.has(address('10.1.255.255'))).toBe(true);
    expect(networks.has(address('255.255.255.255'))).toBe(true);
    expect(packed([0, 0, 0, 0, 0], false)!.has(address('1.2.3.4'))).toBe(true);
    const wide = packed([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32], true)!;
    expect(wide.has(address('2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'))).toBe(true);
    expect(wide.has(address('2001:db9::'))).toBe(false);
  });
  it('has one spelling', () => {
    expect(packed([9, 0, 0, 0, 33], false) == null).toBe(true, 'a prefix that is too long');
    expect(packed([9, 0, 0, 1, 8], false) == null).toBe(true, 'bits behind the prefix');
    expect(packed([10, 0, 0, 0, 8, 9, 0, 0, 0, 8], false) == null).toBe(true, 'out of order');
    expect(packed([9, 0, 0, 0, 8, 9, 1, 0, 0, 16], false) == null).toBe(true, 'one within the other');
    expect(packed([9, 0, 0, 0, 8, 9, 0, 0, 0, 8], false) == null).toBe(true, 'twice');
    expect(packed([255, 0, 0, 0, 8, 0, 0, 0, 0, 8], false) == null).toBe(true, 'after the last address');
    expect(packed([9, 0, 0, 0], false) == null).toBe(true, 'half a record');
    expect(packed([9, 0, 0, 0, 8], true) == null).toBe(true, 'the other family');
  });
});
