import { Kind, Slice, Value, same } from 'proxy-wasm';

/**
 * The claim of this name, which the policy chose. Where no claim has it, a dot goes into an object: `realm_access.roles` is
 * the claim `roles` of the claim `realm_access`. The longest name that a claim has comes first, as names may hold dots.
 */
export function claimAt(claims: Value, name: Slice): Value | null {
  return within(claims, name.at, name.length);
}

function within(object: Value, at: usize, length: i32): Value | null {
  const own = memberAt(object, at, length);
  if (own) return own;
  for (let dot = length - 1; dot >= 0; dot--) {
    if (load<u8>(at + dot) != 0x2e) continue;
    const inner = memberAt(object, at, dot);
    if (!inner || inner.kind != Kind.OBJECT) continue;
    const found = within(inner, at + dot + 1, length - dot - 1);
    if (found) return found;
  }
  return null;
}

function memberAt(object: Value, at: usize, length: i32): Value | null {
  for (let member = object.first; member; member = member!.next) {
    const name = member.name!;
    if (name.length == length && same(name.at, at, length)) return member;
  }
  return null;
}
