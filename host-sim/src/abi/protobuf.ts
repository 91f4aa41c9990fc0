/** A field of a message: bytes, or a number (varint). */
export type Field = [number: number, value: Uint8Array | number];

/** The fields of a small protobuf message by number, the last of each; undefined when it is malformed. */
export function readFields(bytes: Uint8Array): Map<number, bigint | Uint8Array> | undefined {
  const list = readFieldList(bytes);
  return list && new Map(list);
}

/** All values of a repeated field of bytes. */
export const readRepeated = (bytes: Uint8Array, number: number): Uint8Array[] =>
  (readFieldList(bytes) ?? []).flatMap(([other, value]) =>
    other === number && value instanceof Uint8Array ? [value] : [],
  );

function readFieldList(bytes: Uint8Array): [number, bigint | Uint8Array][] | undefined {
  const fields: [number, bigint | Uint8Array][] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new RangeError('varint');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  try {
    while (at < bytes.length) {
      const key = Number(varint());
      const type = key & 7;
      if (type === 0) fields.push([key >> 3, varint()]);
      else if (type === 1 || type === 2 || type === 5) {
        const size = type === 2 ? Number(varint()) : type === 1 ? 8 : 4;
        if (at + size > bytes.length) return undefined;
        fields.push([key >> 3, bytes.subarray(at, at + size)]);
        at += size;
      } else return undefined;
    }
  } catch {
    return undefined;
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
