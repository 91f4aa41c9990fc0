import { z } from 'zod';
import { didYouMean } from './near-word.js';

/**
 * An object: unknown fields are mistakes, with the near word suggested, and where it is something else its fields are named,
 * but for those that nobody writes (`unlisted`).
 */
export function object<Shape extends z.ZodRawShape>(shape: Shape, unlisted: readonly string[] = []) {
  return z.strictObject(shape, {
    error: (issue) => {
      const known = Object.keys(shape).filter((name) => !unlisted.includes(name));
      if (issue.code === 'invalid_type')
        return `is ${issue.input === undefined ? 'required' : describe(issue.input)}, write its fields: ${known.join(', ')}`;
      if (issue.code !== 'unrecognized_keys') return undefined;
      const [key = ''] = issue.keys as string[];
      return `unknown field "${key}"${didYouMean(key, known) || `, expected one of: ${known.join(', ')}`}`;
    },
  });
}

/** One of a few words, with the near word suggested. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, {
    error: (issue) => {
      const given = typeof issue.input === 'string' ? `"${issue.input}"` : describe(issue.input);
      return `${given} is not valid here, write ${listed(words)}${typeof issue.input === 'string' ? didYouMean(issue.input, words) : ''}`;
    },
  });
}

/** Refuses by name what the policy language has and this release does not. */
export function later<Schema extends z.ZodType>(
  schema: Schema,
  refused: (value: z.output<Schema>) => string | undefined,
) {
  return schema.superRefine((value, context) => {
    const what = refused(value);
    if (what) context.addIssue({ code: 'custom', message: notYet(what) });
  });
}

export function notYet(what: string): string {
  return `${what} is not in this release yet`;
}

/** A field that this release refuses by name, whatever stands in it. */
export function laterField(what: string) {
  return refusedField(notYet(what));
}

/** A field that is known and never taken; `message` says what to write instead. */
export function refusedField(message: string) {
  return z
    .unknown()
    .superRefine((_, context) => context.addIssue({ code: 'custom', message }))
    .meta({ not: {}, description: message })
    .optional();
}

/** Exactly one of the fields stands there: `{exact: …}` or `{prefix: …}`, never both. */
export function exactlyOne<Fields extends object, const Name extends keyof Fields & string>(
  schema: z.ZodType<Fields>,
  fields: readonly Name[],
) {
  const checked = schema.superRefine((value, context) => {
    const count = fields.filter((field) => value[field] !== undefined).length;
    if (count !== 1) context.addIssue({ code: 'custom', message: `write exactly one of ${listed(fields)}` });
  });
  return checked as unknown as z.ZodType<ExactlyOne<Fields, Name>>;
}

/** The others are named, so that all can be looked at without asking first which one it is. */
type ExactlyOne<Fields, Name extends keyof Fields, One extends Name = Name> = One extends Name
  ? Omit<Fields, Name> & Required<Pick<Fields, One>> & { [Other in Exclude<Name, One>]?: undefined }
  : never;

/** Names that must differ within their list; the later one is the mistake. */
export function unique<Item>(list: z.ZodType<Item[]>, field: string, nameOf: (item: Item) => string) {
  return list.superRefine((items, context) => {
    const seen = new Set<string>();
    items.forEach((item, index) => {
      const named = nameOf(item);
      if (seen.has(named))
        context.addIssue({
          code: 'custom',
          path: [index, field],
          message: `"${named}" is used twice, every ${field} must be unique`,
        });
      seen.add(named);
    });
  });
}

/** What a schema of a single value says of a value of another type, or of none: what to write, with an example. */
export function written(what: string) {
  return {
    error: ({ code, input }: { code?: string; input?: unknown }) => {
      if (code !== 'invalid_type') return undefined;
      return input === undefined ? `is required, write ${what}` : `is ${describe(input)}, write ${what}`;
    },
  };
}

export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'empty';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping';
  return typeof value === 'string' ? 'text' : typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? String(words[0]) : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
