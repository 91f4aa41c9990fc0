// A build without a collector never frees anything: every string, array or map that a request makes stays until the VM ends.
// Where a filter makes one the compiler says so. It changes nothing in the module.
import { Compiler, DiagnosticCode, SourceKind } from 'assemblyscript';
import { patches as ours } from './compiler.js';

/** `Runtime.Stub` and `LiteralKind.Array` of the compiler. */
const STUB = 0;
const ARRAY = 5;

const library = new Set([SourceKind.Library, SourceKind.LibraryEntry]);

/** What calls a function, as the compiler has it, and what makes an array of `[…]`, which was patched already. */
const { makeCallDirect } = Compiler.prototype;
const { compileLiteralExpression } = ours;

export const patches = {
  makeCallDirect(instance, operands, reportNode, ...rest) {
    const call = makeCallDirect.call(this, instance, operands, reportNode, ...rest);
    if (/^~lib\/(console|bindings\/dom)\//.test(instance.internalName))
      warn(this, reportNode, 'Envoy has no console and refuses a module that needs one, write log(Level.INFO, …)');
    else if (makesManaged(instance)) warnOfManaged(this, reportNode, instance.signature.returnType);
    return call;
  },

  compileLiteralExpression(expression, ...rest) {
    const literal = compileLiteralExpression.call(this, expression, ...rest);
    const isArray = expression.literalKind === ARRAY && this.currentType.isManaged;
    if (isArray) warnOfManaged(this, expression, this.currentType);
    return literal;
  },
};

/** A constructor, or a function of the standard library that gives back a new string or array; those of the filter warn within. */
function makesManaged({ internalName, prototype, signature }) {
  const isNew = prototype.name === 'constructor' || internalName.startsWith('~lib/');
  // Every class is an Object, whose constructor is called within its own.
  return isNew && signature.returnType.isManaged && !/^~lib\/(proxy-wasm|rt|object)\//.test(internalName);
}

function warnOfManaged(compiler, node, type) {
  if (compiler.options.runtime !== STUB) return;
  // `~lib/array/Array<~lib/string/String>` is Array<String>.
  const name = String(type).replace(/[~\w./-]+\//g, '');
  warn(
    compiler,
    node,
    `This makes a ${name}, which is never freed: the build has no collector (--runtime incremental has)`,
  );
}

function warn(compiler, { range }, message) {
  if (library.has(range.source.sourceKind)) return;
  compiler.warning(DiagnosticCode.User_defined_0, range, message);
}

/** May be called once for each compilation, after the other patches. */
export function warnOfWhatIsNeverFreed() {
  Object.assign(Compiler.prototype, patches);
}
