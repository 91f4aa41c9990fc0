import { randomBytes, randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { SimulatorError } from '../errors.js';
import type { TraceEntry } from '../http/trace.js';
import { WORKERS_MAX } from '../limits.js';
import { type Clock, SystemClock } from '../process/clock.js';
import type { Faults } from '../process/faults.js';
import { Log, type LogLevel, type LogLine } from '../process/log.js';
import type { Crash } from '../vm/crash.js';
import { createServices, type HostServices } from '../vm/host-services.js';
import { MetricType } from '../vm/metrics.js';
import { checkModule } from '../vm/module.js';
import { PluginRuntime, VmPool } from '../vm/plugin-runtime.js';
import type { ListenerServer } from './bind.js';
import { GatewayGrpc } from './callouts/grpc.js';
import { GatewayCallouts } from './callouts/http.js';
import type { Downstream } from './downstream/downstream.js';
import { listenOn } from './downstream/server.js';
import { GatewayExchange } from './exchange.js';
import { readBootstrap } from './plan/bootstrap.js';
import type { GatewayPlan, HttpFilterPlan, ListenerPlan, NativePlan, TcpListenerPlan, WasmPlan } from './plan/plan.js';
import { switchesFilters } from './routing/filter-switch.js';
import { TcpConnection } from './tcp/connection.js';
import { listenTcp } from './tcp/server.js';
import { Cluster } from './upstream/cluster.js';

export interface GatewayOptions {
  /** Where granted variables are taken from. Default process.env. */
  env?: Record<string, string | undefined>;
  /** Default the machine's own time. */
  clock?: Clock;
  /** Threads of Envoy that are simulated; connections take turns. Default 1. */
  workers?: number;
  logLevel?: LogLevel;
  /**
   * From 0 to 1. Once for each request: where it goes on a route with weighted clusters, and whether percents of it are
   * mirrored where weights add up to 100; and again for other parts that are mirrored, for each fault that a route may
   * inject, and for each endpoint of a RANDOM cluster. Default Math.random.
   */
  random?: () => number;
  onLog?: (line: LogLine) => void;
  /**
   * Steps (heads of loops and functions) that one callback may take before its VM counts as hung; 0 lets it run for ever.
   * Default 500 million, a second or two. Envoy has no such limit: there the worker hangs.
   */
  stepsMax?: number;
  /** Called when a filter trapped, or went on for more steps than it may. */
  onCrash?: (crash: Crash) => void;
  /** Called when a request is over, with all that happened between host and filters on its account. */
  onTrace?: (entries: readonly TraceEntry[]) => void;
}

/** Lines kept for whoever asks later; a gateway may run for days. */
const LOG_LINES_MAX = 1000;

/**
 * Serves the listeners of a static Envoy bootstrap over real HTTP/1.1, HTTP/2, WebSocket and TCP, with the same filters and the same answers.
 *
 * @example
 * const gateway = await Gateway.start(await readFile('envoy.yaml', 'utf8'), { env: process.env });
 * await fetch(`http://127.0.0.1:${gateway.listeners[0].port}/vendors/1`);
 * await gateway.close();
 */
export class Gateway {
  readonly listeners: { name: string; address: string; port: number }[] = [];
  readonly #services: HostServices;
  readonly #clusters: ReadonlyMap<string, Cluster>;
  readonly #servers: ListenerServer[] = [];
  readonly #workers: string[];
  readonly #pool: VmPool;
  #connections = 0;
  readonly #onTrace: GatewayOptions['onTrace'];
  readonly #random: () => number;
  #active = 0;
  #idle: (() => void)[] = [];

  private constructor(
    readonly plan: GatewayPlan,
    options: GatewayOptions,
  ) {
    const workers = options.workers ?? 1;
    if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX)
      throw new SimulatorError('bad_input', `workers: ${workers}; write a whole number from 1 to ${WORKERS_MAX}`);
    this.#workers = Array.from({ length: workers }, (_, index) => String(index));
    this.#onTrace = options.onTrace;
    this.#random = options.random ?? Math.random;
    this.#clusters = new Map([...plan.clusters].map(([name, cluster]) => [name, new Cluster(cluster, this.#random)]));
    const log = new Log(options.logLevel ?? 'info', LOG_LINES_MAX);
    if (options.onLog) log.listen(options.onLog);
    this.#services = createServices({
      clock: options.clock ?? new SystemClock(),
      log,
      random: (size) => randomBytes(size),
      node: plan.node,
      stepsMax: options.stepsMax,
      crashed: options.onCrash,
      callouts: new GatewayCallouts(this.#clusters),
      grpc: new GatewayGrpc(this.#clusters),
      guard: (action) => {
        try {
          action();
        } catch (cause) {
          this.#services.fault(cause);
        }
      },
    });
    this.#pool = new VmPool(this.#services);
  }

  /** Reads the bootstrap, starts the filters and listens; rejects if any of that is refused, and then listens nowhere. */
  static async start(bootstrap: unknown, options: GatewayOptions = {}): Promise<Gateway> {
    const gateway = new Gateway(readBootstrap(bootstrap, options.env ?? process.env), options);
    const pool = gateway.#pool;
    const metered = options.stepsMax !== 0;
    const plugin = ({ plugin, wasm }: WasmPlan) =>
      new PluginRuntime(pool, checkModule(wasm, metered), plugin, gateway.#workers);
    // All plugins start before anybody listens.
    const starts = gateway.plan.listeners.map((listener) => {
      if (listener.kind === 'tcp') {
        const chain = listener.filters.map(plugin);
        return () => gateway.listenTcp(listener, chain);
      }
      const chain = listener.filters.map((entry) => ({
        ...entry,
        filter: entry.filter.kind === 'wasm' ? plugin(entry.filter) : entry.filter,
      }));
      return () => gateway.listenHttp(listener, chain);
    });
    try {
      for (const [index, { name }] of gateway.plan.listeners.entries()) {
        const server = await (starts[index] as (typeof starts)[number])();
        gateway.#servers.push(server);
        gateway.listeners.push({ name, address: server.address, port: server.port });
      }
    } catch (cause) {
      await gateway.close();
      throw cause;
    }
    return gateway;
  }

  get clock(): Clock {
    return this.#services.clock;
  }

  get logs(): readonly LogLine[] {
    return this.#services.log.lines;
  }

  /** A counter's or gauge's value over all listeners and workers. */
  metric(name: string): number {
    return this.#services.metrics.value(name);
  }

  /** All counters and gauges that filters defined, by name. */
  get metrics(): Record<string, number> {
    const shown = this.#services.metrics.all().filter(({ type }) => type !== MetricType.Histogram);
    return Object.fromEntries(shown.map(({ name, value }) => [name, Number(value)]));
  }

  /** What goes wrong on request: `gateway.faults.trapAtHostCall(3)`. */
  get faults(): Faults {
    return this.#services.faults;
  }

  /** Resolves when no request is on its way and no TCP connection open any more: all has been logged and counted. */
  async idle(): Promise<void> {
    while (this.#active > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  private over(): void {
    this.#active--;
    if (this.#active === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  /** Stops listening and ends every connection, also those with a request on its way. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close()));
    this.#pool.finish();
    for (const cluster of this.#clusters.values()) cluster.close();
  }

  private listenTcp(listener: TcpListenerPlan, chain: PluginRuntime[]): Promise<ListenerServer> {
    return listenTcp(listener, (client) =>
      new TcpConnection(client, { listener, chain, ...this.share(++this.#connections) }).run(),
    );
  }

  private listenHttp(
    listener: ListenerPlan,
    chain: HttpFilterPlan<PluginRuntime | NativePlan>[],
  ): Promise<ListenerServer> {
    const switches = switchesFilters(listener);
    const serve = (client: Downstream, connectionId: number) =>
      new GatewayExchange(client, {
        listener,
        chain,
        switches,
        requestId: randomUUID,
        ...this.share(connectionId),
      }).run();
    const passOn = (client: Socket, to: TcpListenerPlan) =>
      new TcpConnection(client, { listener: to, chain: [], ...this.share(++this.#connections) }).run();
    return listenOn(listener, this.clock, () => ++this.#connections, serve, passOn);
  }

  /** What an exchange or a connection takes part in; from now on one more is on its way. */
  private share(connectionId: number) {
    this.#active++;
    return {
      services: this.#services,
      clusters: this.#clusters,
      worker: this.#workers[connectionId % this.#workers.length] as string,
      connectionId,
      random: this.#random(),
      draw: this.#random,
      onTrace: this.#onTrace,
      over: () => this.over(),
    };
  }
}
