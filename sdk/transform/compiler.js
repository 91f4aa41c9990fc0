// All that is changed in the compiler itself. None of it is an interface that the compiler promises to keep:
// `compiler.test.ts` knows the text of each method by its digest, and fails when another version has another.
import { Compiler, DiagnosticCode, LiteralKind } from 'assemblyscript';
import { beginLayout, isSlice, joinSegments, placeText, recordOf } from './literals.js';

/** What the compiler says itself where a value that was promised not to be null is. */
export const NULL_MESSAGE = "Unexpected 'null' (not assigned or failed cast)";

/** The methods as the compiler has them. */
const {
  compile,
  compileCommutativeCompareBinaryExpression,
  compileLiteralExpression,
  ensureStaticString,
  initDefaultMemory,
  makeAbort,
  makeCallDirect,
} = Compiler.prototype;

/** The right side of the comparison that is being compiled. */
let compared;

/** Who is told of every call and literal once it is compiled (warnings.mjs), and changes nothing in the module. */
let listener = {};

/** What stands in their place. The compiler's expressions know the type that is expected of them; a walk over the source would not. */
export const patches = {
  compile() {
    beginLayout(this);
    return compile.call(this);
  },

  compileLiteralExpression(expression, contextualType, ...rest) {
    const expected = expression.literalKind === LiteralKind.String ? contextualType.getClass() : null;
    if (!isSlice(expected)) {
      const literal = compileLiteralExpression.call(this, expression, contextualType, ...rest);
      listener.literal?.(this, expression);
      return literal;
    }
    if (expression === compared)
      this.error(DiagnosticCode.User_defined_0, expression.range, "Compare bytes with .equals('…'), not with ==");
    this.currentType = expected.type;
    return this.module.usize(i64_new(recordOf(this, expression)));
  },

  makeCallDirect(instance, operands, reportNode, ...rest) {
    const call = makeCallDirect.call(this, instance, operands, reportNode, ...rest);
    listener.call?.(this, instance, reportNode);
    return call;
  },

  // Two slices are equal when they are the same record, which a literal never is.
  compileCommutativeCompareBinaryExpression(expression, contextualType) {
    compared = expression.right;
    return compileCommutativeCompareBinaryExpression.call(this, expression, contextualType);
  },

  // The message of an assertion for which nothing is called would stay behind in static memory.
  makeAbort(...args) {
    return this.program.abortInstance ? makeAbort.apply(this, args) : this.module.unreachable();
  },

  ensureStaticString(text) {
    const isUnsaid = text === NULL_MESSAGE && !this.program.abortInstance;
    return isUnsaid ? this.module.usize(i64_new(0)) : ensureStaticString.call(this, text);
  },

  initDefaultMemory(...args) {
    placeText(this);
    joinSegments(this.memorySegments);
    return initDefaultMemory.apply(this, args);
  },
};

/** May be called once for each compilation: what stands in place already is put there again. */
export function patchCompiler(listening = {}) {
  Object.assign(Compiler.prototype, patches);
  listener = listening;
}
