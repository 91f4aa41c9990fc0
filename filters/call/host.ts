import { Arena } from 'proxy-wasm/assembly/memory/arena';
import { Slice, isDigit, lower } from 'proxy-wasm/assembly/bytes/slice';

/** The host of an authority: lower case, without port, without the dot that ends a fully qualified name. */
export function hostName(arena: Arena, authority: Slice): Slice {
  let end = authority.length;
  let at = end;
  while (at && isDigit(authority.byte(at - 1))) at--;
  // `[::1]` has colons and digits too, but a bracket behind them; a bare IPv6 address is no authority.
  if (at && authority.byte(at - 1) == 0x3a) end = at - 1;
  if (end && authority.byte(end - 1) == 0x2e) end--;
  return authority.part(arena, 0, end).lowerCase(arena);
}

/** Whether it is what `hostName` makes of it. */
export function isHostName(text: Slice): bool {
  let at = text.length;
  if (at && text.byte(at - 1) == 0x2e) return false;
  for (let i = 0; i < at; i++) if (text.byte(i) != lower(text.byte(i))) return false;
  while (at && isDigit(text.byte(at - 1))) at--;
  return !at || text.byte(at - 1) != 0x3a;
}
