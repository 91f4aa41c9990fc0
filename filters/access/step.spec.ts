import { Address, Decoder, Headers, List, enter, heapArena, make, parseAddress, textSlice } from 'proxy-wasm';
import { Call } from '../call/call';
import { firstRule } from '../rule/candidates';
import { Reason } from '../verdict/reason';
import { decodePolicy } from './config';
import { AccessPolicy, AccessRule } from './policy';
import { decide, refusedByAccess } from './step';

const arena = heapArena();
const CONSUMERS: i32 = 1000;

/** A policy as it stands in a configuration, from its `rules` and `mode`. */
function policy(rules: string, mode: string = '"enforce"'): AccessPolicy {
  const text = textSlice(arena, '{"name":"p","mode":' + mode + ',"rules":' + rules + '}');
  const decoder = Decoder.in(arena);
  const made = decodePolicy(decoder, decoder.parse(text.at, text.length)!);
  const mistake = decoder.mistake;
  assert(mistake == null, mistake ? String.UTF8.decodeUnsafe(mistake.at, mistake.length) : '');
  return made;
}

/** The only rule of a policy, with these two members. */
function rule(lists: string): AccessRule {
  return policy('[{"name":"r"' + lists + '}]').rules.at(0);
}

function address(text: string): Address {
  return parseAddress(arena, textSlice(arena, text))!;
}

/**
 * A call of which the entry of x-forwarded-for says where it comes from: one proxy in front is trusted, so that the peer,
 * for whom a host would have to be asked, is not.
 */
function call(path: string, from: string): Call {
  enter();
  const made = make<Call>(arena);
  made.trustedHops = 1;
  made.path = textSlice(arena, path);
  made.headers = forwarded(from + ', 127.0.0.1');
  return made;
}

/** Headers as the host hands them over: count, sizes, then name and value with a NUL behind each. */
function forwarded(list: string): Headers {
  const name = 'x-forwarded-for';
  const text = textSlice(arena, name + '\0' + list + '\0');
  const at = arena.take(<usize>(12 + text.length));
  store<u32>(at, 1);
  store<u32>(at, name.length, 4);
  store<u32>(at, list.length, 8);
  memory.copy(at + 12, text.at, text.length);
  return Headers.decode(arena, at, 12 + text.length)!;
}

function only(policy: AccessPolicy): List<AccessPolicy> {
  const list = List.of<AccessPolicy>(arena, 1);
  list.put(0, policy);
  return list;
}

/** The reason of the first rule that matches. */
function reason(policy: AccessPolicy, call: Call): i32 {
  const found = firstRule(policy.rules, policy.index, call);
  return found ? decide(found, call.address) : Reason.NONE;
}

describe('one rule', () => {
  it('lets everybody pass without lists', () => {
    expect(decide(rule(''), address('10.0.0.1'))).toBe(Reason.NONE);
    expect(decide(rule(''), null)).toBe(Reason.NONE);
  });
  it('refuses what an allow list does not name', () => {
    const office = rule(',"allow":["10.0.0.0/8","2001:db8::/32"]');
    expect(decide(office, address('10.255.255.255'))).toBe(Reason.NONE);
    expect(decide(office, address('2001:db8::7'))).toBe(Reason.NONE);
    expect(decide(office, address('11.0.0.0'))).toBe(Reason.ADDRESS_NOT_ALLOWED);
    expect(decide(office, address('2001:db9::'))).toBe(Reason.ADDRESS_NOT_ALLOWED);
  });
  it('refuses what a deny list names, and nobody else', () => {
    const guarded = rule(',"deny":["203.0.113.0/24"]');
    expect(decide(guarded, address('203.0.113.255'))).toBe(Reason.ADDRESS_DENIED);
    expect(decide(guarded, address('203.0.114.0'))).toBe(Reason.NONE);
  });
  it('denies first, however wide the allow list and wherever in the rule', () => {
    const allowFirst = rule(',"allow":["0.0.0.0/0"],"deny":["10.0.0.13"]');
    const denyFirst = rule(',"deny":["10.0.0.13"],"allow":["10.0.0.13","0.0.0.0/0"]');
    expect(decide(allowFirst, address('10.0.0.13'))).toBe(Reason.ADDRESS_DENIED);
    expect(decide(denyFirst, address('10.0.0.13'))).toBe(Reason.ADDRESS_DENIED);
    expect(decide(denyFirst, address('10.0.0.14'))).toBe(Reason.NONE);
  });
  it('finds an unknown address on every deny list and no allow list', () => {
    expect(decide(rule(',"deny":["203.0.113.9"]'), null)).toBe(Reason.ADDRESS_DENIED);
    expect(decide(rule(''), null)).toBe(Reason.NONE);
    expect(decide(rule(',"allow":["0.0.0.0/0","::/0"]'), null)).toBe(Reason.ADDRESS_NOT_ALLOWED);
  });
  it('knows an IPv4-mapped IPv6 address as the IPv4 address', () => {
    const both = rule(',"allow":["192.0.2.0/24"],"deny":["::ffff:192.0.2.66"]');
    expect(decide(both, address('::ffff:192.0.2.1'))).toBe(Reason.NONE);
    expect(decide(both, address('::ffff:c000:201'))).toBe(Reason.NONE);
    expect(decide(both, address('192.0.2.66'))).toBe(Reason.ADDRESS_DENIED);
    expect(decide(rule(',"allow":["::/0"]'), address('::ffff:192.0.2.1'))).toBe(Reason.ADDRESS_NOT_ALLOWED);
  });
  it('takes packed lists', () => {
    // 10.0.0.0/8 and 11.0.0.0/16
    const packed = rule(',"allow":{"v4":"CgAAAAgLAAAAEA"}');
    expect(decide(packed, address('11.0.255.255'))).toBe(Reason.NONE);
    expect(decide(packed, address('11.1.0.0'))).toBe(Reason.ADDRESS_NOT_ALLOWED);
  });
});

const rows = policy(
  '[{"name":"admin","match":[{"path":{"prefix":"/admin"}}],"allow":["10.0.0.0/8"]},' +
    '{"name":"partners","match":[{"addresses":["198.51.100.0/24"]}]},' +
    '{"name":"rest","deny":["198.51.0.0/16"]}]',
);

describe('rules in a row', () => {
  it('are decided by the first that matches, even where a later one says otherwise', () => {
    expect(reason(rows, call('/admin', '10.0.0.1'))).toBe(Reason.NONE);
    expect(reason(rows, call('/admin', '198.51.100.1'))).toBe(Reason.ADDRESS_NOT_ALLOWED);
    expect(reason(rows, call('/', '198.51.100.1'))).toBe(Reason.NONE);
    expect(reason(rows, call('/', '198.51.101.1'))).toBe(Reason.ADDRESS_DENIED);
  });
  it('that do not match refuse nobody', () => {
    const none = policy('[{"name":"admin","match":[{"path":{"prefix":"/admin"}}],"deny":["0.0.0.0/0"]}]');
    expect(reason(none, call('/', '10.0.0.1'))).toBe(Reason.NONE);
    // Without a refusal no counter is asked for: a host call would end this spec.
    expect(refusedByAccess(call('/', '10.0.0.1'), only(none))).toBe(false);
  });
  it('take the entry of the trusted proxy, in any notation, and no word that is no address', () => {
    expect(reason(rows, call('/admin', '::ffff:10.0.0.1'))).toBe(Reason.NONE);
    expect(reason(rows, call('/admin', '10.0.0.1:4711'))).toBe(Reason.NONE);
    expect(reason(rows, call('/admin', '1.2.3.4, 10.0.0.1'))).toBe(Reason.NONE);
    expect(reason(rows, call('/admin', '10.0.0.1, 1.2.3.4'))).toBe(Reason.ADDRESS_NOT_ALLOWED);
    expect(reason(rows, call('/admin', 'unknown'))).toBe(Reason.ADDRESS_NOT_ALLOWED);
    expect(reason(rows, call('/', 'unknown'))).toBe(Reason.ADDRESS_DENIED);
  });
});

describe('the mode of a policy', () => {
  it('enforces for everybody, or for nobody as a shadow', () => {
    const somebody = call('/', '10.0.0.1');
    expect(policy('[{"name":"r"}]').enforcedFor(somebody)).toBe(true);
    expect(policy('[{"name":"r"}]', '"shadow"').enforcedFor(somebody)).toBe(false);
    expect(policy('[{"name":"r"}]', '{"percent":0}').enforcedFor(somebody)).toBe(false);
    expect(policy('[{"name":"r"}]', '{"percent":100}').enforcedFor(somebody)).toBe(true);
  });
  it('enforces for a share of the consumers, to which those of a smaller share belong', () => {
    const quarter = policy('[{"name":"r"}]', '{"percent":25}');
    const half = policy('[{"name":"r"}]', '{"percent":50}');
    const somebody = call('/', '10.0.0.1');
    let enforced = 0;
    for (let i = 0; i < CONSUMERS; i++) {
      somebody.consumer = textSlice(arena, 'consumer-' + i.toString());
      if (!quarter.enforcedFor(somebody)) continue;
      enforced++;
      assert(half.enforcedFor(somebody), 'who is in the quarter is in the half');
    }
    expect(enforced).toBeGreaterThan(200);
    expect(enforced).toBeLessThan(300);
  });
});
