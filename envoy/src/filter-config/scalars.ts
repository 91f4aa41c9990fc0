import { bounds } from '@tollgate/model';
import { z } from 'zod';

export const text = z.string().min(1);
export const texts = z.array(text).min(1);

export const whole = (least: number, most: number) => z.int().min(least).max(most);

export const hundredths = (most: number) =>
  z.number().min(0).max(most).multipleOf(0.01).refine(bounds.isHundredths).describe('With at most two decimals');

export const moment = whole(0, bounds.momentMsMax).describe('ms since 1970: older tokens are revoked');

/** Compared in lower case, as Envoy hands headers over. */
export const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
  .meta({ id: 'headerName' });

/** The later one of two with the same name is the mistake. */
export function distinct<List extends z.ZodType<unknown[]>>(
  list: List,
  nameOf: (item: z.output<List>[number]) => string,
): List {
  return list.superRefine((items, context) => {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const name = nameOf(item);
      if (seen.has(name)) context.addIssue({ code: 'custom', path: [index], message: 'has the name of another one' });
      seen.add(name);
    }
  });
}
