import { z } from 'zod';
import { exactlyOne, object } from '../schema.js';
import { regex } from './regex.js';

const kinds = ['exact', 'prefix', 'regex'] as const;

const prefix = z.string().min(1, 'is empty, write the beginning of what shall match');
const one = object({ exact: z.string().optional(), prefix: prefix.optional(), regex: regex.optional() });

/** One of `exact`, `prefix` and `regex`, which must match the whole text. */
export const stringMatch = exactlyOne(one, kinds);

/** Of a path an empty prefix says that there is one. */
export const uriMatch = exactlyOne(
  object({ exact: z.string().optional(), prefix: z.string().optional(), regex: regex.optional() }),
  kinds,
);

const atMostOne = (value: object) => Object.keys(value).length <= 1;
const onlyOne = 'write only one of exact, prefix and regex, or {} to ask whether it is there';

/** `{}`: it is there, whatever it is. */
export const fieldMatch = one.refine(atMostOne, onlyOne);

/** The word `*`, which is no regular expression, is here another way to write `{}`, and Istio's only exception. */
export const absentMatch = z.preprocess(
  (value) => ((value as { regex?: unknown } | null)?.regex === '*' ? {} : value),
  one.refine(atMostOne, onlyOne),
);

export type StringMatch = { exact?: string; prefix?: string; regex?: string };
