import { Reader } from './binary.js';
import { Opcode, skipInstruction } from './instructions.js';

/** The export of the added global: how many steps are left. */
export const STEPS_EXPORT = '\0steps';

const SECTION = { memory: 5, global: 6, export: 7, code: 10, tag: 13 } as const;
const I32 = 0x7f;
const KIND_GLOBAL = 3;
const CODE = {
  unreachable: 0x00,
  if: 0x04,
  end: 0x0b,
  get: 0x23,
  set: 0x24,
  const: 0x41,
  eqz: 0x45,
  sub: 0x6b,
} as const;
const EMPTY_BLOCK = 0x40;
/** Its LEB128 is the same with and without sign. */
const STEPS_OF_START = 67_108_864;

interface Section {
  id: number;
  body: Uint8Array;
}

/**
 * Rewrites a module so that it counts its steps (a step is the head of a loop or of a function) and traps when it has none
 * left, and so that its memory ends where Envoy's does. JavaScript cannot interrupt a filter that loops for ever; this can.
 *
 *   (global (export "\0steps") (mut i32) …)   …   global.get · i32.eqz · if unreachable end · global.get · 1 · sub · global.set
 *
 * Undefined: it has an instruction that is not known here, and must run as it is.
 */
export function meter(bytes: Uint8Array, pagesMax: number): Uint8Array | undefined {
  try {
    const sections = split(bytes);
    const global = countGlobals(sections);
    addGlobal(sections);
    for (const section of sections) {
      if (section.id === SECTION.memory) section.body = boundMemory(section.body, pagesMax);
      else if (section.id === SECTION.export) section.body = addExport(section.body, global);
      else if (section.id === SECTION.code) section.body = meterFunctions(section.body, step(global));
    }
    return Buffer.concat([
      bytes.subarray(0, 8),
      ...sections.flatMap(({ id, body }) => [Buffer.from([id]), leb(body.length), body]),
    ]);
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

function split(bytes: Uint8Array): Section[] {
  const reader = new Reader(bytes);
  reader.take(8);
  const sections: Section[] = [];
  while (reader.at < bytes.length) sections.push({ id: reader.byte(), body: reader.take(reader.u32()) });
  return sections;
}

function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

/** The index of the next global. Those that are imported are refused elsewhere. */
function countGlobals(sections: Section[]): number {
  const section = sections.find(({ id }) => id === SECTION.global);
  return section ? new Reader(section.body).u32() : 0;
}

/** Puts one item more at the end of a section's list. */
function append(body: Uint8Array, item: Uint8Array): Uint8Array {
  const reader = new Reader(body);
  const count = reader.u32();
  return Buffer.concat([leb(count + 1), body.subarray(reader.at), item]);
}

function addGlobal(sections: Section[]): void {
  // The start section runs before anybody can give it a budget, so it begins with the most that there is.
  const item = Uint8Array.from([I32, 1, CODE.const, ...leb(STEPS_OF_START), CODE.end]);
  const section = sections.find(({ id }) => id === SECTION.global);
  if (section) {
    section.body = append(section.body, item);
    return;
  }
  // Sections stand in the order of their ids, but for tags, which stand before globals.
  const at = sections.findIndex(({ id }) => id > SECTION.global && id !== SECTION.tag);
  sections.splice(at < 0 ? sections.length : at, 0, { id: SECTION.global, body: Buffer.concat([leb(1), item]) });
}

function addExport(body: Uint8Array, global: number): Uint8Array {
  const name = Buffer.from(STEPS_EXPORT);
  return append(body, Buffer.concat([leb(name.length), name, Uint8Array.of(KIND_GLOBAL), leb(global)]));
}

function boundMemory(body: Uint8Array, pagesMax: number): Uint8Array {
  const reader = new Reader(body);
  const parts: Uint8Array[] = [leb(reader.u32())];
  while (reader.at < body.length) {
    const flags = reader.byte();
    const minimum = reader.u32();
    const maximum = flags & 1 ? reader.u32() : pagesMax;
    parts.push(Uint8Array.of(flags | 1), leb(minimum), leb(Math.max(minimum, Math.min(maximum, pagesMax))));
  }
  return Buffer.concat(parts);
}

function step(global: number): Uint8Array {
  const index = leb(global);
  return Buffer.concat([
    Uint8Array.of(CODE.get),
    index,
    Uint8Array.of(CODE.eqz, CODE.if, EMPTY_BLOCK, CODE.unreachable, CODE.end, CODE.get),
    index,
    Uint8Array.of(CODE.const, 1, CODE.sub, CODE.set),
    index,
  ]);
}

function meterFunctions(body: Uint8Array, code: Uint8Array): Uint8Array {
  const reader = new Reader(body);
  const count = reader.u32();
  const parts: Uint8Array[] = [leb(count)];
  for (let index = 0; index < count; index++) {
    const metered = meterFunction(reader.take(reader.u32()), code);
    parts.push(leb(metered.length), metered);
  }
  return Buffer.concat(parts);
}

function meterFunction(body: Uint8Array, code: Uint8Array): Uint8Array {
  const reader = new Reader(body);
  reader.list(() => {
    reader.skipLeb();
    reader.valueType();
  });
  const parts: Uint8Array[] = [body.subarray(0, reader.at), code];
  let from = reader.at;
  while (reader.at < body.length) {
    if (skipInstruction(reader) !== Opcode.loop) continue;
    parts.push(body.subarray(from, reader.at), code);
    from = reader.at;
  }
  parts.push(body.subarray(from));
  return Buffer.concat(parts);
}
