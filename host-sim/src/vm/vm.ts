import { Expressions } from '../abi/expression.js';
import { Status } from '../abi/status.js';
import { SimulatorError } from '../errors.js';
import { CALLBACK_HOST_CALLS_MAX } from '../limits.js';
import type { LogLevel } from '../process/log.js';
import {
  type EngineGlobal,
  type EngineImports,
  type EngineInstance,
  type EngineMemory,
  engine,
} from '../wasm/engine.js';
import { STEPS_EXPORT } from '../wasm/meter.js';
import { boundImports } from './bound-imports.js';
import { Callouts } from './callouts.js';
import type { Context, ContextStream } from './context.js';
import { type Crash, describeCrash, functionsIn } from './crash.js';
import { GrpcCallouts } from './grpc.js';
import type { HostServices } from './host-services.js';
import { GuestMemory } from './memory.js';
import { MetricIds } from './metrics.js';
import type { CheckedModule } from './module.js';
import type { Plugin } from './plugin.js';
import { Roots } from './roots.js';
import { Ticks } from './ticks.js';
import { Tracer } from './tracer.js';

type GuestFunction = (...args: number[]) => number | undefined;

/** One WebAssembly instance on one thread, with the contexts of all plugins that share it. */
export class Vm {
  readonly metrics: MetricIds;
  readonly vmId: string;
  readonly environment: ReadonlyMap<string, string>;
  memory!: GuestMemory;
  /** True only inside proxy_on_configure, when the plugin's configuration can be read. */
  configuring = false;
  /** Set by a trap: from then on nothing in this VM runs any more, for any of its plugins. */
  failed = false;

  /** A reply was made, for whatever context: the stream's callback that is running stops what it was called for. */
  stopNext = false;
  /**
   * Envoy: the start section runs before there is a context, and it segfaults on a host call there; while a module initialises
   * only some calls are allowed.
   */
  phase: 'start section' | 'initializing' | 'ready' = 'start section';

  readonly roots = new Roots(this);
  readonly ticks = new Ticks(this);
  readonly callouts = new Callouts(this);
  readonly grpc = new GrpcCallouts(this);
  /** Whose callout is being answered: its stream's trace shows it. */
  onBehalfOf: Context | undefined;
  readonly expressions = new Expressions();
  /** Names given to declare_property. */
  readonly declaredProperties = new Set<string>();

  readonly #tracer = new Tracer(this);
  #exports!: Record<string, GuestFunction>;
  /** Those of the exports that the host calls, found faster than in an instance. */
  readonly #callbacks = new Map<string, GuestFunction>();
  #steps: EngineGlobal | undefined;
  #hostCallsLeft = CALLBACK_HOST_CALLS_MAX;
  #said: string | undefined;
  readonly #contexts = new Map<number, Context>();
  readonly #afterCall: (() => void)[] = [];
  #contextIdLast = 0;
  #depth = 0;
  #calling: Context;
  #effective: Context | undefined;

  constructor(
    readonly host: HostServices,
    readonly thread: string,
    private readonly code: Pick<CheckedModule, 'imports' | 'allocator' | 'callbacks' | 'names'>,
    private readonly plugin: Plugin,
  ) {
    this.vmId = plugin.vmId;
    this.environment = plugin.environment;
    this.metrics = new MetricIds(host.metrics);
    this.#calling = { id: 0, parent: 0, plugin, node: host.node };
  }

  /** An instance of its own, initialised. */
  static start(host: HostServices, thread: string, code: CheckedModule, plugin: Plugin): Vm {
    const vm = new Vm(host, thread, code, plugin);
    let instance: EngineInstance;
    try {
      instance = new engine.Instance(code.module, vm.imports());
    } catch (cause) {
      if (cause instanceof SimulatorError) throw cause;
      throw new SimulatorError('module_refused', `the start section failed: ${(cause as Error).message}`, { cause });
    }
    vm.attach(instance);
    vm.initialize();
    return vm;
  }

  /** Takes an instance that was made with this VM's imports. Whoever made it elsewhere also initialises it. */
  attach(instance: EngineInstance): void {
    this.#exports = instance.exports as Record<string, GuestFunction>;
    for (const name of this.code.callbacks)
      if (this.allows(name)) this.#callbacks.set(name, this.#exports[name] as GuestFunction);
    this.#steps = instance.exports[STEPS_EXPORT] as EngineGlobal | undefined;
    this.memory = new GuestMemory(instance.exports.memory as EngineMemory);
    this.phase = 'ready';
  }

  /** The context that a host call works on. */
  current(): Context {
    return this.#effective ?? this.#calling;
  }

  /** Envoy: 0 is the VM's own context and stands for "the one being called". */
  setEffective(id: number): boolean {
    const context = this.#contexts.get(id);
    if (id !== 0 && !context) return false;
    this.#effective = context;
    return true;
  }

  /** A callback is running. */
  get running(): boolean {
    return this.#depth > 0;
  }

  has(callback: string): boolean {
    return this.#callbacks.has(callback);
  }

  /** Whether a capability is not restricted for this VM. */
  allows(capability: string): boolean {
    const { allowedCapabilities: allowed } = this.plugin;
    return !allowed?.size || allowed.has(capability);
  }

  /** Runs a callback and then what it deferred. Undefined: not exported, or the VM is (now) failed. */
  call(context: Context, callback: string, ...args: number[]): number | undefined {
    const run = this.#callbacks.get(callback);
    if (this.failed || !run) return undefined;
    const calling = this.#calling;
    const effective = this.#effective;
    this.#calling = context;
    this.#effective = undefined;
    if (this.#depth === 0) this.grant();
    this.#depth++;
    this.#tracer.callback(context, callback, args);
    let result: number | undefined;
    try {
      result = run(...args);
      this.#tracer.returned(context, callback, result);
    } catch (cause) {
      this.fail(callback, cause, context);
    } finally {
      this.#depth--;
      if (this.#depth === 0) this.account();
      this.#calling = calling;
      this.#effective = effective;
    }
    if (this.#depth === 0) this.runDeferred();
    // A proxy callback without a result still ran: 0 says so.
    return this.failed ? undefined : (result ?? 0);
  }

  /** Does `action` when the callback that is running has returned (at once when none is). */
  defer(action: () => void): void {
    if (this.#depth === 0) action();
    else this.#afterCall.push(action);
  }

  /** Does `action` when the callback that is called next has returned, before all that it deferred. */
  onReturn(action: () => void): void {
    this.#afterCall.unshift(action);
  }

  private runDeferred(): void {
    for (let action = this.#afterCall.shift(); action; action = this.#afterCall.shift()) action();
  }

  /**
   * Hands bytes, or text of a byte a character, to the filter: in memory from its own allocator, address and size through
   * the two out-parameters.
   */
  giveBytes(bytes: Uint8Array | string, dataOut: number, sizeOut: number, evenEmpty = false): Status {
    let at = 0;
    if (bytes.length > 0 || evenEmpty) {
      if (this.host.faults.allocationsRefused) return Status.InvalidMemoryAccess;
      at = ((this.#exports[this.code.allocator] as GuestFunction)(bytes.length) ?? 0) >>> 0;
      if (at === 0) return Status.InvalidMemoryAccess;
      if (typeof bytes === 'string') this.memory.writeText(at, bytes);
      else this.memory.write(at, bytes);
    }
    this.memory.writeU32(dataOut, at);
    this.memory.writeU32(sizeOut, bytes.length);
    return Status.Ok;
  }

  log(level: LogLevel, message: string): void {
    this.#tracer.log(this.current(), level, message);
    if (level === 'critical') this.#said = message;
    this.host.log.write({ level, message, plugin: this.current().plugin.name, thread: this.thread });
  }

  createContext(plugin: Plugin, stream?: ContextStream, parent = 0): Context {
    const context: Context = { id: ++this.#contextIdLast, parent, plugin, node: this.host.node, stream };
    this.#contexts.set(context.id, context);
    this.call(context, 'proxy_on_context_create', context.id, parent);
    return context;
  }

  deleteContext(context: Context): void {
    this.#contexts.delete(context.id);
  }

  /** The root that a context belongs to; callouts, ticks and queues are its own. */
  rootOf(context: Context): Context {
    return this.#contexts.get(context.parent) ?? context;
  }

  /** Something from outside of all streams: a tick, an answer, a queue's item. */
  enter(action: () => void): void {
    this.host.guard(() => {
      action();
      this.host.activity.drain();
    });
  }

  /** Nothing runs in it any more. */
  retire(): void {
    this.ticks.stop();
    this.callouts.cancelAll();
    this.grpc.cancelAll();
    this.failed = true;
  }

  /** Steps for one callback, with all that it calls. */
  private grant(): void {
    if (this.#steps) this.#steps.value = this.host.stepsMax;
    this.#hostCallsLeft = CALLBACK_HOST_CALLS_MAX;
    this.#said = undefined;
  }

  /** A host call takes as long as thousands of steps: a loop of them would go on for minutes. */
  spendHostCall(): void {
    if (!this.#steps || this.#hostCallsLeft-- > 0) return;
    this.#steps.value = 0;
    throw new engine.RuntimeError('unreachable');
  }

  private account(): void {
    if (this.#steps) this.host.stepsTaken += this.host.stepsMax - this.#steps.value;
  }

  private initialize(): void {
    this.phase = 'initializing';
    this.grant();
    this.#depth++;
    try {
      const { _initialize, _start, main, __main_void } = this.#exports;
      if (_initialize) {
        _initialize();
        if (main) main(0, 0);
        else __main_void?.();
      } else _start?.();
    } catch (cause) {
      if (cause instanceof SimulatorError) throw cause;
      this.checkBudget('the initialisation', undefined);
      throw new SimulatorError('module_refused', `initialisation failed: ${(cause as Error).message}`, { cause });
    } finally {
      this.#depth--;
    }
    this.phase = 'ready';
  }

  private fail(callback: string, cause: unknown, context: Context): void {
    if (cause instanceof SimulatorError) throw cause;
    // A deep recursion is a RangeError in V8's JavaScript API, the same stack overflow trap.
    if (!(cause instanceof engine.RuntimeError) && !(cause instanceof RangeError)) throw cause;
    this.failed = true;
    const spent = this.spentBudget();
    const crash: Crash = {
      plugin: context.plugin.name,
      thread: this.thread,
      callback,
      reason: spent ?? `Uncaught RuntimeError: ${(cause as Error).message}`,
      ...(this.#said === undefined ? {} : { said: this.#said }),
      functions: functionsIn(cause as Error, this.code),
    };
    this.host.crashed(crash);
    this.checkBudget(callback, context);
    this.#tracer.trapped(context, callback, (cause as Error).message);
    this.host.log.write({ level: 'error', message: describeCrash(crash), plugin: '', thread: this.thread });
  }

  /** A trap for want of steps is the simulator's, not the filter's. */
  private checkBudget(where: string, context: Context | undefined): void {
    const spent = this.spentBudget();
    if (!spent) return;
    throw new SimulatorError('budget_spent', `${where} ${spent}: Envoy's worker would hang for ever`, {
      details: context?.stream?.log.lines,
    });
  }

  private spentBudget(): string | undefined {
    if (this.#steps?.value !== 0) return undefined;
    const amount = this.#hostCallsLeft < 0 ? `${CALLBACK_HOST_CALLS_MAX} host calls` : `${this.host.stepsMax} steps`;
    return `went on for ${amount} without coming back`;
  }

  /** The host's functions, for an instance. */
  imports(): EngineImports {
    return boundImports(this, this.#tracer, this.code.imports);
  }
}
