// String literals as static bytes.
//
// Where a `Slice` is expected, a literal *is* one. Its bytes, UTF-8, stand in the module's data, packed, each text once. When
// the VM starts they are unpacked, and the records that point to them filled in (`lifecycle/literals.ts`), which is smaller
// than carrying both. Records have the lowest addresses, and short addresses make short instructions.
//
//   1024                                                   16384
//   ┌────────────┬────────────┬───────┬───────┬─────┬────────┐
//   │ at, length │ at, length │ bytes │ bytes │ …   │ packed │   u32, u32
//   └────────────┴────────────┴───────┴───────┴─────┴────────┘
//
// Everywhere else a literal stays AssemblyScript's own string, so authors who build strings can.
import { DiagnosticCode, MemorySegment } from 'assemblyscript';
import { packTexts } from './pack.js';

const SLICE = 'bytes/slice/Slice';
/** Where the compiler begins to lay out static memory. `lifecycle/literals.ts` has the same number. */
const LOW = 1024;
const HIGH = 16384;
const RECORD_BYTES = 8;
/** `lifecycle/literals.ts` marks the place where it reads where texts are to be put, and where the packed ones begin. */
const MARK = Buffer.from('literals');

/** The literals of a compilation: how many bytes they have taken, and their records by their text. */
const layouts = new WeakMap();

export function beginLayout(compiler) {
  layouts.set(compiler, { bytes: 0, records: new Map() });
  compiler.memoryOffset = i64_new(HIGH);
}

export const isSlice = (type) => type?.internalName.endsWith(SLICE) ?? false;

/** The address of a literal's record. */
export function recordOf(compiler, { value: text, range }) {
  const layout = layouts.get(compiler);
  const known = layout.records.get(text);
  if (known !== undefined) return known;
  const length = Buffer.byteLength(text);
  layout.bytes += RECORD_BYTES + length;
  layout.range = range;
  const record = LOW + layout.records.size * RECORD_BYTES;
  layout.records.set(text, record);
  return record;
}

/** All texts are known now, so they have a place, and whoever unpacks them is told it. */
export function placeText(compiler) {
  const { records, bytes, range } = layouts.get(compiler);
  const packed = packTexts([...records.keys()].map((text) => Buffer.from(text)));
  const at = HIGH - packed.length;
  if (LOW + bytes > at) compiler.error(DiagnosticCode.User_defined_0, range, 'The filter has too many string literals');
  for (const { buffer } of compiler.memorySegments) {
    if (!MARK.equals(buffer.subarray(0, MARK.length))) continue;
    const view = new DataView(buffer.buffer, buffer.byteOffset);
    view.setUint32(0, LOW + records.size * RECORD_BYTES, true);
    view.setUint32(4, records.size ? at : HIGH, true);
  }
  if (records.size) compiler.memorySegments.unshift(new MemorySegment(packed, i64_new(at)));
}

/** A segment has a head of its own in the module; small ones that nearly touch each other need but one. */
export function joinSegments(segments) {
  const joined = [];
  for (const segment of segments) {
    const before = joined.at(-1);
    const gap = before ? i64_low(segment.offset) - i64_low(before.offset) - before.buffer.length : -1;
    if (gap < 0 || gap > 8 || isRoom(segment.buffer) || isRoom(before.buffer)) joined.push(segment);
    else {
      const buffer = new Uint8Array(before.buffer.length + gap + segment.buffer.length);
      buffer.set(before.buffer);
      buffer.set(segment.buffer, before.buffer.length + gap);
      joined[joined.length - 1] = new MemorySegment(buffer, before.offset);
    }
  }
  segments.splice(0, segments.length, ...joined);
}

/** Memory that is only reserved stands in no module. */
const isRoom = (bytes) => bytes.length > 64 && bytes.every((byte) => byte === 0);
