import { readFileSync } from 'node:fs';
import { SimulatorError } from '../errors.js';
import type { ConnectionManagerOptions } from '../http/connection-manager.js';
import { Trace, type TraceEntry } from '../http/trace.js';
import { WORKERS_MAX } from '../limits.js';
import { type Clock, ManualClock } from '../process/clock.js';
import type { Faults } from '../process/faults.js';
import { Log, type LogLine } from '../process/log.js';
import { SeededRandom } from '../process/random.js';
import { createServices, type HostServices } from '../vm/host-services.js';
import { checkModule } from '../vm/module.js';
import { PluginRuntime, VmPool } from '../vm/plugin-runtime.js';
import type { SharedValue } from '../vm/shared-data.js';
import { type CalloutHandler, HostCallouts } from './callouts.js';
import { type ConnectionInput, SimConnection } from './connection.js';
import { SimStream } from './exchange.js';
import type { StreamSetting } from './exchange-stream.js';
import { type GrpcHandler, HostGrpc } from './grpc.js';
import { connectionOptions, type HostOptions, pluginOf } from './options.js';
import { encodeProperties } from './property-overrides.js';
import type { RequestInput } from './request.js';
import type { SimResponse, UpstreamRequest, UpstreamResponse } from './response.js';

export { configurationBytes, connectionOptions, type HostOptions, type PluginOptions } from './options.js';

export type UpstreamHandler = (
  request: UpstreamRequest,
) => UpstreamResponse | number | Promise<UpstreamResponse | number>;

/**
 * A filter in a host that stands still between requests: time moves when the test says so, workers take turns, and
 * nothing runs in the background.
 *
 * @example
 * const sim = await Host.load('ratelimit.wasm', { config });
 * const response = await sim.request({ path: '/vendors/1', headers: { 'x-tenant': 'a' } });
 * assert.equal(response.status, 429);
 */
export class Host {
  readonly #services: HostServices;
  readonly #chain: PluginRuntime[];
  readonly #workers: string[];
  readonly #connection: ConnectionManagerOptions;
  readonly #properties: ReadonlyMap<string, Uint8Array>;
  readonly #vmId: string;
  #upstream: UpstreamHandler = () => ({ status: 200 });
  readonly #callouts: HostCallouts;
  readonly #grpc: HostGrpc;
  readonly #pool: VmPool;
  readonly #bufferLimitBytes: number | undefined;
  readonly #random: SeededRandom;
  readonly #tracing: boolean | undefined;
  #requests = 0;

  private constructor(bytes: Uint8Array, options: HostOptions) {
    const workers = options.workers ?? 1;
    if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) {
      throw new SimulatorError('bad_input', `workers: ${workers}; write a whole number from 1 to ${WORKERS_MAX}`);
    }
    this.#vmId = options.vmId ?? 'simulator';
    this.#workers = Array.from({ length: workers }, (_, index) => String(index));
    const clock = options.clock ?? new ManualClock();
    this.#callouts = new HostCallouts(clock, () => this.#services);
    this.#random = new SeededRandom(options.seed ?? 1);
    this.#tracing = options.trace;
    this.#grpc = new HostGrpc(clock, () => this.#services);
    this.#services = createServices({
      trace: options.trace ? new Trace(true, clock) : undefined,
      clock,
      stepsMax: options.stepsMax,
      callouts: this.#callouts,
      grpc: this.#grpc,
      log: new Log(options.logLevel ?? 'info'),
      random: (size) => this.#random.bytes(size),
      chance: () => this.#random.next(),
      casNumbers: options.casNumbers,
    });
    this.#bufferLimitBytes = options.bufferLimitBytes;
    this.#properties = encodeProperties(options.properties ?? {});
    this.#connection = connectionOptions(options.connection);
    const code = checkModule(bytes, options.stepsMax !== 0);
    const pool = new VmPool(this.#services);
    this.#pool = pool;
    this.#chain = [options, ...(options.plugins ?? [])].map(
      (plugin, index) => new PluginRuntime(pool, code, pluginOf(options, plugin, index, this.#vmId), this.#workers),
    );
  }

  /** Loads a module as Envoy does: checks it, starts it on a canary, the main thread and every worker, configures it. */
  static async load(wasm: string | URL | Uint8Array, options: HostOptions = {}): Promise<Host> {
    if (wasm instanceof Uint8Array) return new Host(wasm, options);
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(wasm);
    } catch (cause) {
      throw new SimulatorError('bad_input', `cannot read ${wasm}: ${(cause as Error).message}`, { cause });
    }
    return new Host(bytes, options);
  }

  /** Sends one request through the filter and, if it gets that far, to the upstream. */
  request(input: RequestInput = {}): Promise<SimResponse> {
    return this.start(input).settled();
  }

  /**
   * Starts a request and leaves it to the test: more of its body, its end, and time.
   *
   * @example
   * const stream = sim.open({ method: 'POST' });
   * stream.send('first ').send('last', { end: true });
   * const { status } = await stream.response;
   */
  open(input: RequestInput = {}): SimStream {
    return this.start({ ...input, open: true });
  }

  /**
   * Opens a TCP connection through the filter, as a network filter before a TCP proxy.
   *
   * @example
   * const connection = sim.connection();
   * connection.send('ping').upstreamSend('pong');
   * assert.equal(connection.received, 'pong');
   */
  connection(input: ConnectionInput = {}): SimConnection {
    return new SimConnection(input, this.setting(input.worker));
  }

  private start(input: RequestInput & { open?: boolean }): SimStream {
    const { body } = input;
    const cut = input.cut && body !== undefined && !Array.isArray(body);
    return new SimStream(cut ? { ...input, body: this.cut(body) } : input, {
      ...this.setting(input.worker),
      upstream: this.#upstream,
    });
  }

  /** A body in pieces, at places that the seed chooses. */
  private cut(body: string | Uint8Array): (string | Uint8Array)[] {
    const pieces: (string | Uint8Array)[] = [];
    for (let at = 0, next = 0; at < body.length; at = next) {
      next = at + 1 + this.#random.below(body.length - at);
      pieces.push(body.slice(at, next));
    }
    return pieces;
  }

  /** Workers take turns unless one is named. */
  private setting(named: number | 'any' | undefined): StreamSetting {
    const drawn = named === 'any' ? this.#random.below(this.#workers.length) : named;
    const worker = String(drawn ?? this.#workers[this.#requests % this.#workers.length]);
    this.#requests++;
    return {
      services: this.#services,
      chain: this.#chain,
      worker,
      connection: this.#connection,
      properties: this.#properties,
      connectionId: this.#requests,
      bufferLimitBytes: this.#bufferLimitBytes,
      tracing: this.#tracing,
    };
  }

  /** What answers behind the filter; without it 200 and no body. */
  setUpstream(handler: UpstreamHandler): void {
    this.#upstream = handler;
  }

  /**
   * What answers the filter's HTTP calls to a cluster; only clusters named here exist.
   *
   * @example sim.setCallout('authz', (request) => (request.header('x-token') === 'good' ? 200 : 403));
   */
  setCallout(cluster: string, handler: CalloutHandler): void {
    this.#callouts.set(cluster, handler);
  }

  /**
   * What answers the filter's gRPC calls and streams to a cluster; only clusters named here exist.
   *
   * @example sim.setGrpc('authz', ({ messages }) => ({ messages: [decide(messages[0])] }));
   * @example sim.setGrpc('authz', () => ({ status: 7, message: 'denied' }));
   */
  setGrpc(cluster: string, handler: GrpcHandler): void {
    this.#grpc.set(cluster, handler);
  }

  /** Lets what the filters set going come to its end: answers without a delay, queues. */
  async settle(): Promise<void> {
    const { activity } = this.#services;
    while (activity.pending > 0) await activity.next();
  }

  /** The end of Envoy: proxy_on_done of every root, then its deletion (or, if it asked for time, at proxy_done). */
  close(): void {
    this.#pool.finish();
    this.#services.activity.drain();
  }

  get clock(): Clock {
    return this.#services.clock;
  }

  /** Moves both clocks on: `'10s'`, or milliseconds. */
  advance(duration: string | number): void {
    this.manualClock().advance(duration);
    this.#services.activity.drain();
  }

  /** A worker's VMs are made anew, as when its thread was restarted: their state is lost, shared data stays. */
  restartWorker(worker: number): void {
    for (const plugin of this.#chain) plugin.retire(String(worker));
    for (const plugin of this.#chain) plugin.restart(String(worker));
  }

  /** What goes wrong on request: `sim.faults.trapAtHostCall(3)`. */
  get faults(): Faults {
    return this.#services.faults;
  }

  /** Moves only the wall clock, in either direction. */
  stepWall(duration: string | number): void {
    this.manualClock().stepWall(duration);
  }

  /** Everything that all VMs said and heard, given `trace: true`. */
  get conversation(): readonly TraceEntry[] {
    return this.#services.trace?.entries ?? [];
  }

  get logs(): readonly LogLine[] {
    return this.#services.log.lines;
  }

  /** A counter's or gauge's value over all VMs; 0 when no filter defined it. */
  metric(name: string): number {
    return this.#services.metrics.value(name);
  }

  /**
   * Steps (heads of loops and functions) that all callbacks have taken so far: what a request costs, the same on every machine.
   * 0 where they are not counted (`stepsMax: 0`).
   *
   * @example
   * const before = sim.stepsTaken;
   * await sim.request({ path: '/long' });
   * console.log(sim.stepsTaken - before);
   */
  get stepsTaken(): number {
    return this.#services.stepsTaken;
  }

  /** The shared data of this host's vm_id. */
  get sharedData(): ReadonlyMap<string, SharedValue> {
    return new Map(this.#services.sharedData.entries(this.#vmId));
  }

  private manualClock(): ManualClock {
    const { clock } = this.#services;
    if (!(clock instanceof ManualClock)) throw new SimulatorError('bad_input', 'only a ManualClock can be moved');
    return clock;
  }
}
