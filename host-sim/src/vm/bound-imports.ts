import { Status, StatusFault } from '../abi/status.js';
import type { HostFunction } from '../abi/table.js';
import { SimulatorError } from '../errors.js';
import { type EngineImports, engine } from '../wasm/engine.js';
import type { CheckedModule } from './module.js';
import type { Tracer } from './tracer.js';
import type { Vm } from './vm.js';

/** https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#errno */
const WASI_NOT_CAPABLE = 76;

/** What an instance of a VM imports: the host's functions, each checked, traced, and answering for this VM. */
export function boundImports(vm: Vm, tracer: Tracer, wanted: CheckedModule['imports']): EngineImports {
  const imports: EngineImports = {};
  for (const { module, name, host } of wanted) {
    imports[module] ??= {};
    (imports[module] as EngineImports[string])[name] = bind(vm, tracer, host);
  }
  return imports;
}

function bind(vm: Vm, tracer: Tracer, host: HostFunction): (...args: (number | bigint)[]) => number | undefined {
  const run = (vm.allows(host.name) ? host.run : () => restricted(vm, host.name)) as unknown as (
    vm: Vm,
    ...args: (number | bigint)[]
  ) => number;
  return (...args) => {
    if (vm.phase !== 'ready') checkPhase(vm, host);
    vm.spendHostCall();
    if (vm.host.faults.trapsNow()) throw new engine.RuntimeError('unreachable');
    for (let index = 0; index < args.length; index++) {
      const arg = args[index];
      if (typeof arg === 'number') args[index] = arg >>> 0;
    }
    const context = vm.current();
    const captured = tracer.arguments(context, host, args);
    let status: number;
    try {
      status = run(vm, ...args);
    } catch (cause) {
      if (!(cause instanceof StatusFault)) throw cause;
      status = cause.status;
    }
    if (captured) tracer.call(context, host, captured, args, status);
    return host.results.length > 0 ? status : undefined;
  };
}

function checkPhase(vm: Vm, host: HostFunction): void {
  if (vm.phase === 'start section') {
    throw new SimulatorError(
      'module_refused',
      `the start section calls ${host.name}: Envoy crashes on that; build with --exportStart _initialize`,
    );
  }
  if (!host.duringInitialize) {
    throw new SimulatorError(
      'module_refused',
      `${host.name} is called while the module initialises, where Envoy forbids it`,
    );
  }
}

/** Envoy: the module loads, and the call fails. */
function restricted(vm: Vm, name: string): number {
  const wasi = !name.startsWith('proxy_');
  const message = `Attempted call to restricted ${wasi ? 'WASI' : 'proxy-wasm'} capability: ${name}`;
  vm.host.log.write({ level: 'error', message, plugin: '', thread: vm.thread });
  return wasi ? WASI_NOT_CAPABLE : Status.InternalFailure;
}
