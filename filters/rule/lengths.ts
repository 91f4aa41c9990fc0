import { List } from 'proxy-wasm';

/** Lengths of prefixes that rules ask for: a call is looked up once for each. */
export const LENGTHS_MAX: i32 = 32;

/** Adds to ascending lengths; false where there are too many of them. */
export function addLength(lengths: List<i32>, length: i32): bool {
  let at = 0;
  while (at < lengths.length && lengths.at(at) < length) at++;
  if (at < lengths.length && lengths.at(at) == length) return true;
  if (lengths.length == LENGTHS_MAX) return false;
  lengths.length++;
  for (let i = lengths.length - 1; i > at; i--) lengths.put(i, lengths.at(i - 1));
  lengths.put(at, length);
  return true;
}
