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
  const whole = { ...first };
  for (const part of parts) if (part) addTo(whole as Fields, part as Fields);
  return whole;
}

interface Fields {
  [name: string]: unknown;
}

/** What is within is somebody else's: it is copied before anything is added to it. */
function addTo(whole: Fields, part: Fields): void {
  for (const name in part) {
    const [before, value] = [whole[name], part[name]];
    if (isMessage(before) && isMessage(value)) {
      const within = { ...before };
      addTo(within, value);
      whole[name] = within;
    } else whole[name] = value;
  }
}

function isMessage(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
