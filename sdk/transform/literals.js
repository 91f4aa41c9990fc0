// String literals as static bytes.
//
// Where a `Slice` is expected, a literal *is* one: a record that points to its UTF-8 bytes, both laid down in static
// memory, once for each text. Nothing is built at run time, and the module carries neither UTF-16 nor object headers.
//
//   ┌────┬────────┬───────┐
//   │ at │ length │ bytes │   u32, u32, little endian
//   └─┬──┴────────┴▲──────┘
//     └────────────┘
//
// Everywhere else a literal stays AssemblyScript's own string, so authors who build strings can.
import { Compiler, DiagnosticCode, LiteralKind, MemorySegment } from 'assemblyscript';

const SLICE = 'bytes/slice/Slice';
const placed = new WeakMap();
let installed = false;
let compared;

/** Teaches the compiler, whose expressions know the type that is expected of them; a walk over the source would not. */
export function installLiterals() {
  if (installed) return;
  installed = true;
  const {
    compileCommutativeCompareBinaryExpression: compileComparison,
    compileLiteralExpression,
    initDefaultMemory,
  } = Compiler.prototype;

  Compiler.prototype.compileLiteralExpression = function (expression, contextualType, ...rest) {
    const expected = expression.literalKind === LiteralKind.String ? contextualType.getClass() : null;
    if (!expected?.internalName.endsWith(SLICE))
      return compileLiteralExpression.call(this, expression, contextualType, ...rest);
    if (expression === compared)
      this.error(DiagnosticCode.User_defined_0, expression.range, "Bytes are compared with .is('…'), not with ==");
    this.currentType = expected.type;
    return this.module.usize(addressOf(this, expression.value));
  };

  // Two slices are equal when they are the same record, which a literal never is.
  Compiler.prototype.compileCommutativeCompareBinaryExpression = function (expression, contextualType) {
    compared = expression.right;
    return compileComparison.call(this, expression, contextualType);
  };

  Compiler.prototype.initDefaultMemory = function (...args) {
    joinSegments(this.memorySegments);
    return initDefaultMemory.apply(this, args);
  };
}

function addressOf(compiler, text) {
  const texts = placed.get(compiler) ?? new Map();
  placed.set(compiler, texts);
  let address = texts.get(text);
  if (address === undefined) {
    const bytes = Buffer.from(text, 'utf8');
    const record = new Uint8Array(8 + bytes.length);
    const segment = compiler.addAlignedMemorySegment(record, 4);
    address = segment.offset;
    new DataView(record.buffer).setUint32(0, i64_low(address) + 8, true);
    new DataView(record.buffer).setUint32(4, bytes.length, true);
    record.set(bytes, 8);
    texts.set(text, address);
  }
  return address;
}

/** A segment has a head of its own in the module; hundreds of small ones that touch each other need but one. */
function joinSegments(segments) {
  const joined = [];
  for (const segment of segments) {
    const before = joined.at(-1);
    const from = before && i64_low(before.offset);
    const gap = before ? i64_low(segment.offset) - from - before.buffer.length : -1;
    if (gap < 0 || gap > 16 || isZero(segment.buffer) !== isZero(before.buffer)) joined.push(segment);
    else {
      const buffer = new Uint8Array(before.buffer.length + gap + segment.buffer.length);
      buffer.set(before.buffer);
      buffer.set(segment.buffer, before.buffer.length + gap);
      joined[joined.length - 1] = new MemorySegment(buffer, before.offset);
    }
  }
  segments.splice(0, segments.length, ...joined);
}

const isZero = (bytes) => bytes.length > 64 && bytes.every((byte) => byte === 0);
