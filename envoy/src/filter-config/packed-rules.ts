import { hostName } from '@tollgate/model';
import { z } from 'zod';
import { consumerForm } from './match.js';
import { ruleFields } from './policy.js';

const prefixLengthsMax = 32;
/** As RuleTable of the filters takes it. */
const packedRules = z
  .string()
  .min(1)
  .refine(isPacked)
  .describe(
    'How many in four digits of base 32, which are the characters from 0 to O; then records in the order of the rules: the lengths of name and text in bytes, two digits each; e (path), p (path prefix), h (host) or c (consumer); name; text, as it is compared. No two ask the same',
  );

/** A rule of those of which the first decides: one, or many that differ in name and condition only. */
export const packable = <Fields extends z.ZodRawShape>(fields: Fields) =>
  z.union([z.strictObject({ ...ruleFields, ...fields }), z.strictObject({ packed: packedRules, ...fields })]);

function isPacked(written: string): boolean {
  const bytes = Buffer.from(written);
  const known = new Set<string>();
  const prefixLengths = new Set<number>();
  const count = /^[0-O]{4}/.test(written) ? number(written) * 1024 + number(written.slice(2)) : 0;
  for (let at = 4; at < bytes.length; ) {
    const [, name = '', text = '', asks = ''] =
      /^([0-O]{2})([0-O]{2})([ephc])/.exec(bytes.toString('latin1', at, at + 5)) ?? [];
    const from = at + 5 + number(name);
    const end = from + number(text);
    const asked = bytes.toString('latin1', from, end);
    if (!asks || from === at + 5 || end > bytes.length || known.has(asks + asked) || !isRight(asks, asked))
      return false;
    known.add(asks + asked);
    if (asks === 'p') prefixLengths.add(end - from);
    at = end;
  }
  return count > 0 && count === known.size && prefixLengths.size <= prefixLengthsMax;
}

function number(two: string): number {
  return (two.charCodeAt(0) - 0x30) * 32 + two.charCodeAt(1) - 0x30;
}

function isRight(asks: string, asked: string): boolean {
  if (asks === 'h') return hostName(asked) === asked;
  return asks !== 'c' || consumerForm.test(asked);
}
