/** A field of a message: bytes, or a number (varint). */
export type Field = [number: number, value: Uint8Array | number];

/** The length-delimited fields of a flat message, the last of each number; undefined where it is no such message. */
export function readFields(bytes: Uint8Array): Map<number, Uint8Array> | undefined {
  const fields = new Map<number, Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length && scale <= 2 ** 28; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    const length = varint();
    if (Number.isNaN(tag) || tag % 8 !== 2 || !(at + length <= bytes.length)) return undefined;
    fields.set(Math.floor(tag / 8), bytes.slice(at, at + length));
    at += length;
  }
  return fields;
}

export function writeFields(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.map(([number, value]) =>
      typeof value === 'number'
        ? Buffer.from([number * 8, ...varint(value)])
        : Buffer.concat([Buffer.from([number * 8 + 2, ...varint(value.length)]), value]),
    ),
  );
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
