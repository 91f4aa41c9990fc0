export { staticBootstrap, watchingBootstrap } from './bootstrap.js';
export { type CompileOptions, compile, type Resources } from './compile/compile.js';
export { compileTarget, type WasmModule } from './compile/governance.js';
export { systemAuthorities } from './compile/key-set.js';
export { packNetworks } from './compile/networks.js';
export { Secrets, type SecretVariable } from './compile/secrets.js';
export type { FilterConfig, FilterNetworks, FilterTarget } from './filter-config.js';
export type { Bootstrap, Cluster, Listener } from './types.js';
export { governanceModulePath, inlineModule } from './wasm-module.js';
