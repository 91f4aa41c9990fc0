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
import { Compiler, DiagnosticCode, LiteralKind, MemorySegment } from 'assemblyscript';
import { packTexts } from './pack.js';

const SLICE = 'bytes/slice/Slice';
/** Where the compiler begins to lay out static memory. `lifecycle/literals.ts` has the same number. */
const LOW = 1024;
const HIGH = 16384;
const RECORD_BYTES = 8;
/** `lifecycle/literals.ts` marks the place where it reads where texts are to be put, and where the packed ones begin. */
const MARK = Buffer.from('literals');

/** What the compiler says itself where a value that was promised not to be null is. */
const NULL_MESSAGE = "Unexpected 'null' (not assigned or failed cast)";

/** The literals of a compilation: how many bytes they have taken, and their records by their text. */
const layouts = new WeakMap();
let installed = false;
let compared;

/** Teaches the compiler, whose expressions know the type that is expected of them; a walk over the source would not. */
export function installLiterals() {
  if (installed) return;
  installed = true;
  const {
    compile,
    compileCommutativeCompareBinaryExpression: compileComparison,
    compileLiteralExpression,
    ensureStaticString,
    initDefaultMemory,
    makeAbort,
  } = Compiler.prototype;

  Compiler.prototype.compile = function () {
    layouts.set(this, { bytes: 0, records: new Map() });
    this.memoryOffset = i64_new(HIGH);
    return compile.call(this);
  };

  Compiler.prototype.compileLiteralExpression = function (expression, contextualType, ...rest) {
    const expected = expression.literalKind === LiteralKind.String ? contextualType.getClass() : null;
    if (!expected?.internalName.endsWith(SLICE))
      return compileLiteralExpression.call(this, expression, contextualType, ...rest);
    if (expression === compared)
      this.error(DiagnosticCode.User_defined_0, expression.range, "Bytes are compared with .is('…'), not with ==");
    this.currentType = expected.type;
    return this.module.usize(i64_new(recordOf(this, expression)));
  };

  // Two slices are equal when they are the same record, which a literal never is.
  Compiler.prototype.compileCommutativeCompareBinaryExpression = function (expression, contextualType) {
    compared = expression.right;
    return compileComparison.call(this, expression, contextualType);
  };

  // The message of an assertion for which nothing is called would stay behind in static memory.
  Compiler.prototype.makeAbort = function (...args) {
    return this.program.abortInstance ? makeAbort.apply(this, args) : this.module.unreachable();
  };

  Compiler.prototype.ensureStaticString = function (text) {
    const isUnsaid = text === NULL_MESSAGE && !this.program.abortInstance;
    return isUnsaid ? this.module.usize(i64_new(0)) : ensureStaticString.call(this, text);
  };

  Compiler.prototype.initDefaultMemory = function (...args) {
    placeText(this);
    joinSegments(this.memorySegments);
    return initDefaultMemory.apply(this, args);
  };
}

function recordOf(compiler, { value: text, range }) {
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
function placeText(compiler) {
  const { records, bytes, range } = layouts.get(compiler);
  const packed = packTexts([...records.keys()].map((text) => Buffer.from(text)));
  const at = HIGH - packed.length;
  if (LOW + bytes > at) compiler.error(DiagnosticCode.User_defined_0, range, 'There are too many literals');
  for (const { buffer } of compiler.memorySegments) {
    if (!MARK.equals(buffer.subarray(0, MARK.length))) continue;
    const view = new DataView(buffer.buffer, buffer.byteOffset);
    view.setUint32(0, LOW + records.size * RECORD_BYTES, true);
    view.setUint32(4, records.size ? at : HIGH, true);
  }
  if (records.size) compiler.memorySegments.unshift(new MemorySegment(packed, i64_new(at)));
}

/** A segment has a head of its own in the module; small ones that nearly touch each other need but one. */
function joinSegments(segments) {
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
