import type { Reader } from './binary.js';

// Binary encodings of the core specification, section 5.4; only what must be known to find an instruction's end.
export const Opcode = { loop: 0x03 } as const;

const none = (): void => {};
const one = (reader: Reader): void => reader.skipLeb();
const two = (reader: Reader): void => {
  reader.skipLeb();
  reader.skipLeb();
};
/** Alignment, where its bit 6 says so the memory, and the offset. */
const memory = (reader: Reader): void => {
  if (reader.u32() & 0x40) reader.skipLeb();
  reader.skipLeb();
};
const bytes =
  (count: number) =>
  (reader: Reader): void => {
    reader.take(count);
  };
/** A block's type: a negative number or a type's index; a numbered reference takes two. */
const blockType = (reader: Reader): void => {
  const first = reader.byte();
  if (first === 0x63 || first === 0x64) reader.skipLeb();
  else if (first >= 0x80) reader.skipLeb();
};
const branchTable = (reader: Reader): void => {
  for (let left = reader.u32() + 1; left > 0; left--) reader.skipLeb();
};
const typedSelect = (reader: Reader): void => {
  reader.list(() => reader.valueType());
};
const tryTable = (reader: Reader): void => {
  blockType(reader);
  reader.list(() => {
    // catch and catch_ref name a tag, catch_all and catch_all_ref do not.
    if (reader.byte() < 2) reader.skipLeb();
    reader.skipLeb();
  });
};
const bulk = (reader: Reader): void => {
  const sub = reader.u32();
  if (sub === 8 || sub === 10 || sub === 12 || sub === 14) two(reader);
  else if (sub >= 9 && sub <= 17) reader.skipLeb();
  else if (sub > 17) throw new RangeError(`instruction 0xfc ${sub}`);
};
const vector = (reader: Reader): void => {
  const sub = reader.u32();
  if (sub <= 11 || sub === 92 || sub === 93) memory(reader);
  else if (sub === 12 || sub === 13) reader.take(16);
  else if (sub >= 21 && sub <= 34) reader.take(1);
  else if (sub >= 84 && sub <= 91) {
    memory(reader);
    reader.take(1);
  }
};
const atomic = (reader: Reader): void => {
  if (reader.u32() === 3) reader.take(1);
  else memory(reader);
};

/** How many bytes follow an opcode, as a function that reads over them. */
const IMMEDIATES: ((reader: Reader) => void)[] = [];
const set = (from: number, to: number, skip: (reader: Reader) => void): void => {
  for (let code = from; code <= to; code++) IMMEDIATES[code] = skip;
};
set(0x00, 0x01, none);
set(0x02, 0x04, blockType);
set(0x05, 0x05, none);
set(0x06, 0x06, blockType);
set(0x07, 0x09, one);
set(0x0a, 0x0b, none);
set(0x0c, 0x0d, one);
set(0x0e, 0x0e, branchTable);
set(0x0f, 0x0f, none);
set(0x10, 0x10, one);
set(0x11, 0x11, two);
set(0x12, 0x12, one);
set(0x13, 0x13, two);
set(0x14, 0x15, one);
set(0x18, 0x18, one);
set(0x19, 0x1b, none);
set(0x1c, 0x1c, typedSelect);
set(0x1f, 0x1f, tryTable);
set(0x20, 0x26, one);
set(0x28, 0x3e, memory);
set(0x3f, 0x42, one);
set(0x43, 0x43, bytes(4));
set(0x44, 0x44, bytes(8));
set(0x45, 0xc4, none);
set(0xd0, 0xd0, one);
set(0xd1, 0xd1, none);
set(0xd2, 0xd2, one);
set(0xd3, 0xd4, none);
set(0xd5, 0xd6, one);
set(0xfc, 0xfc, bulk);
set(0xfd, 0xfd, vector);
set(0xfe, 0xfe, atomic);

/** Reads one instruction and says which. Throws at what it does not know. */
export function skipInstruction(reader: Reader): number {
  const opcode = reader.byte();
  const skip = IMMEDIATES[opcode];
  if (!skip) throw new RangeError(`instruction 0x${opcode.toString(16)}`);
  skip(reader);
  return opcode;
}
