/** A piece of a message: any of its fields, at any depth. */
export type Part<Message> = {
  [Field in keyof Message]?: NonNullable<Message[Field]> extends readonly unknown[]
    ? Message[Field]
    : NonNullable<Message[Field]> extends object
      ? Part<NonNullable<Message[Field]>>
      : Message[Field];
};

/** Pieces of one message put together. A later one adds fields, at any depth; a list or a value takes the place of an earlier one. */
export function merged<Message extends object>(
  first: Message,
  ...parts: readonly (Part<Message> | undefined)[]
): Message {
  return parts.reduce<Message>((whole, part) => (part ? (mergedObject(whole, part) as Message) : whole), first);
}

function mergedObject(whole: object, part: object): object {
  const result: Record<string, unknown> = { ...whole };
  for (const [name, value] of Object.entries(part)) {
    const before = result[name];
    result[name] = isMessage(before) && isMessage(value) ? mergedObject(before, value) : value;
  }
  return result;
}

function isMessage(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
