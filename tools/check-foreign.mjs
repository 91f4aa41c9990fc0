// Holds the kept modules of a foreign toolchain against a rebuild.
import { buildForeign, kept, recorded, sourcesDigest, toolchains } from './build-foreign.mjs';

/**
 * `same`, `different` or `skipped`, and a line that says what was compared. Bytes are, where the toolchain is the one that built
 * what is kept; another version makes other code, and must at least make a module with the same imports and exports.
 */
export async function checkForeign(name) {
  const { toolchain, sources } = recorded()[name];
  if (sources !== sourcesDigest(name)) return { result: 'different', what: 'the sources changed since the last build' };
  const here = toolchains[name].version();
  if (here === undefined) return { result: 'skipped', what: `not rebuilt: ${toolchain} is not here` };
  const compare = here === toolchain ? sameBytes : sameShape;
  const modules = await buildForeign(name);
  const different = [...modules].filter(([module, bytes]) => !compare(bytes, kept(module))).map(([module]) => module);
  const what = compare === sameBytes ? `bytes, of ${here}` : `imports and exports only, as ${here} is not ${toolchain}`;
  if (different.length > 0) return { result: 'different', what: `${different.join(', ')} (${what})` };
  return { result: 'same', what: `${[...modules.keys()].join(', ')} (${what})` };
}

function sameBytes(a, b) {
  return Buffer.compare(a, b) === 0;
}

function sameShape(a, b) {
  return shapeOf(a) === shapeOf(b);
}

function shapeOf(bytes) {
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map(({ module, name, kind }) => `${kind} ${module}.${name}`);
  const exports = WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`);
  return [...imports.sort(), '', ...exports.sort()].join('\n');
}
