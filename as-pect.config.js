// as-pect runs the specs of the filters' pure logic. They never get as far as a host call, so every host function is a trap.
/** The module's imports that are not as-pect's own: the ABI and WASI, as far as the compiled spec refers to them. */
function hostStubs(binary) {
  const stubs = { env: {}, wasi_snapshot_preview1: {} };
  for (const { module, name, kind } of WebAssembly.Module.imports(new WebAssembly.Module(binary))) {
    if (kind !== 'function' || !(module in stubs) || name === 'abort') continue;
    stubs[module][name] = () => {
      throw new Error(`${name} was called in a spec`);
    };
  }
  return stubs;
}

export default {
  entries: ['sdk/**/*.spec.ts', 'filters/**/*.spec.ts'],
  include: [],
  disclude: [/node_modules/],
  async instantiate(memory, createImports, instantiate, binary) {
    const { env, wasi_snapshot_preview1 } = hostStubs(binary);
    return instantiate(binary, createImports({ env: { memory, ...env }, wasi_snapshot_preview1 }));
  },
  outputBinary: false,
};
