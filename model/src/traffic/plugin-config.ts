import { z } from 'zod';
import type { Path } from '../resource.js';

/** Any object that JSON can write: YAML knows numbers that it cannot. */
export const jsonObject = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  for (const path of notJson(value))
    context.addIssue({ code: 'custom', path: [...path], message: 'is a number that JSON cannot write' });
});

function notJson(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  const items: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return items.flatMap(([step, item]) => notJson(item, [...path, step]));
}
