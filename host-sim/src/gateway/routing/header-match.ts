import type { HeaderMap } from '../../http/header-map.js';
import type { HeaderMatch } from '../plan/plan.js';

/** True where a header is as asked. */
export function matchesHeader(
  { name, present, value, invert, missingAsEmpty }: HeaderMatch,
  headers: HeaderMap,
): boolean {
  const values = headers.all(name);
  const compared = values.length > 0 || !missingAsEmpty ? values : [''];
  // Envoy: an absent header fits no value, whether the match is inverted or not.
  if (present === undefined && compared.length === 0) return false;
  const fits = present === undefined ? compared.some((each) => value?.(each)) : compared.length > 0 === present;
  return fits !== invert;
}
