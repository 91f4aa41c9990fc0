import { createHash } from 'node:crypto';
import { ABI_MARKER_OLDER, ABI_MARKERS, ALLOCATORS, CALLBACKS } from '../abi/callbacks.js';
import { HOST_FUNCTIONS } from '../abi/imports.js';
import type { HostFunction } from '../abi/table.js';
import { SimulatorError } from '../errors.js';
import { MEMORY_PAGES_MAX, MODULES_KEPT_MAX } from '../limits.js';
import { formatSignature, type ModuleShape, readModuleShape, type Signature } from '../wasm/binary.js';
import { type EngineModule, engine } from '../wasm/engine.js';
import { functionNames } from '../wasm/function-names.js';
import { meter } from '../wasm/meter.js';

/** A module that Envoy would load and this simulator can run. */
export interface CheckedModule {
  /** Of its bytes: what two plugins that share a VM have in common. */
  digest: string;
  module: EngineModule;
  imports: { module: string; name: string; host: HostFunction }[];
  allocator: string;
  callbacks: ReadonlySet<string>;
  hasStart: boolean;
  /** Of its functions, read where somebody asks. */
  names: () => ReadonlyMap<number, string>;
}

const same = (a: Signature, b: Signature): boolean =>
  a.params.join() === b.params.join() && a.results.join() === b.results.join();

const compiled = new Map<string, CheckedModule>();

/**
 * Refuses, with every reason at once, what Envoy refuses. A `metered` module counts its
 * steps. The same bytes are compiled once in a process.
 */
export function checkModule(bytes: Uint8Array, metered = false): CheckedModule {
  const digest = createHash('sha256').update(bytes).digest('base64');
  const key = `${digest} ${metered}`;
  const known = compiled.get(key) ?? { digest, ...check(bytes, metered) };
  compiled.delete(key);
  compiled.set(key, known);
  if (compiled.size > MODULES_KEPT_MAX) compiled.delete(compiled.keys().next().value as string);
  return known;
}

function check(bytes: Uint8Array, metered: boolean): Omit<CheckedModule, 'digest'> {
  const shape = readModuleShape(bytes);
  const refused = [...checkImports(shape), ...checkExports(shape)];
  if (refused.length > 0)
    throw new SimulatorError('module_refused', 'Envoy would not load this module', { details: refused });
  return {
    module: compile((metered && meter(bytes, MEMORY_PAGES_MAX)) || bytes),
    imports: shape.imports.map(({ module, name }) => ({
      module,
      name,
      host: HOST_FUNCTIONS.get(module)?.get(name) as HostFunction,
    })),
    allocator: ALLOCATORS.find((name) => shape.exports.has(name)) as string,
    callbacks: new Set([...shape.exports.keys()].filter((name) => CALLBACKS.has(name))),
    hasStart: shape.hasStart,
    names: () => functionNames(bytes),
  };
}

function compile(bytes: Uint8Array): EngineModule {
  try {
    return new engine.Module(bytes);
  } catch (cause) {
    throw new SimulatorError('module_refused', (cause as Error).message, { cause });
  }
}

function checkImports(shape: ModuleShape): string[] {
  const refused: string[] = [];
  for (const { module, name, kind, type } of shape.imports) {
    const host = HOST_FUNCTIONS.get(module)?.get(name);
    if (kind !== 'function') refused.push(`import ${module}.${name}: a ${kind}; only functions are provided here`);
    else if (!host) refused.push(`import ${module}.${name}: Envoy has no such function${hint(module, name)}`);
    // Envoy: the older version counts where a module names both.
    else if (name === 'proxy_get_log_level' && shape.exports.has(ABI_MARKERS[1]))
      refused.push(`import ${module}.${name}: Envoy has no such function in ABI 0.2.0 (it is of 0.2.1)`);
    else if (type && !same(type, host)) {
      refused.push(`import ${module}.${name}: wrong type ${formatSignature(type)}, Envoy has ${formatSignature(host)}`);
    }
  }
  return refused;
}

function hint(module: string, name: string): string {
  if (module === 'env' && name === 'abort') return '; give asc a handler of your own: --use abort=<file>/<function>';
  if (
    [
      'proxy_clear_route_cache',
      'proxy_get_configuration',
      'proxy_continue_request',
      'proxy_continue_response',
    ].includes(name)
  ) {
    return ' in ABI 0.2.1 (it is of 0.1.0)';
  }
  return '';
}

function checkExports(shape: ModuleShape): string[] {
  const refused: string[] = [];
  if (shape.exports.has(ABI_MARKER_OLDER))
    refused.push(`export ${ABI_MARKER_OLDER}: this simulator runs ABI 0.2.1 and 0.2.0 only`);
  else if (!ABI_MARKERS.some((marker) => shape.exports.has(marker)))
    refused.push(`export ${ABI_MARKERS[0]} is missing`);
  if (!ALLOCATORS.some((name) => shape.exports.get(name)?.kind === 'function')) {
    refused.push('no allocator: export malloc or proxy_on_memory_allocate');
  }
  if (shape.exports.get('memory')?.kind !== 'memory') refused.push('export memory is missing');
  for (const [name, { kind, type }] of shape.exports) {
    const callback = CALLBACKS.get(name);
    if (callback && (kind !== 'function' || !type || !same(type, callback))) {
      refused.push(
        `export ${name}: wrong type ${type ? formatSignature(type) : kind}, Envoy calls ${formatSignature(callback)}`,
      );
    }
  }
  return refused;
}
