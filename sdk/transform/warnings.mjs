// A build without a collector never frees anything: every string, array or map that a request makes stays until the VM ends.
// Where a filter makes one the compiler says so. It changes nothing in the module.
import { DiagnosticCode, SourceKind } from 'assemblyscript';

/** `Runtime.Stub` and `LiteralKind.Array` of the compiler. */
const STUB = 0;
const ARRAY = 5;

const library = new Set([SourceKind.Library, SourceKind.LibraryEntry]);

/** What compiler.js tells of. */
export const warnings = {
  call(compiler, instance, node) {
    if (/^~lib\/(console|bindings\/dom)\//.test(instance.internalName))
      warn(compiler, node, 'Envoy has no console and refuses a module that needs one, write log(Level.INFO, …)');
    else if (makesManaged(instance)) warnOfManaged(compiler, node, instance.signature.returnType);
  },

  literal(compiler, expression) {
    const isArray = expression.literalKind === ARRAY && compiler.currentType.isManaged;
    if (isArray) warnOfManaged(compiler, expression, compiler.currentType);
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
