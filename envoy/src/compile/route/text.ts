import type { StringMatch } from '@tollgate/model';

/** One that a text shall match; none where it is only asked whether there is one. */
export function textMatcher({ exact, prefix, regex }: StringMatch) {
  if (exact !== undefined) return { string_match: { exact } };
  if (prefix !== undefined) return { string_match: { prefix } };
  return regex === undefined ? { present_match: true } : { string_match: { safe_regex: { regex } } };
}
