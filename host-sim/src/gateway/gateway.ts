import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Clock, SystemClock } from '../clock.js';
import { SimulatorError } from '../errors.js';
import type { Faults } from '../faults.js';
import type { TraceEntry } from '../http/trace.js';
import { REQUEST_HEADER_BYTES_MAX, WORKERS_MAX } from '../limits.js';
import { Log, type LogLevel, type LogLine } from '../log.js';
import { createServices, type HostServices } from '../vm/host-services.js';
import { MetricType } from '../vm/metrics.js';
import { type CheckedModule, checkModule } from '../vm/module.js';
import { PluginRuntime, VmPool } from '../vm/plugin-runtime.js';
import { readBootstrap } from './bootstrap.js';
import { Cluster } from './cluster.js';
import { GatewayCallouts } from './gateway-callouts.js';
import { GatewayExchange, socketAddress } from './gateway-exchange.js';
import type { GatewayPlan, ListenerPlan } from './plan.js';

export interface GatewayOptions {
  /** Where granted variables are taken from. Default process.env. */
  env?: Record<string, string | undefined>;
  /** Default the machine's own time. */
  clock?: Clock;
  /** Threads of Envoy that are simulated; connections take turns. Default 1. */
  workers?: number;
  logLevel?: LogLevel;
  onLog?: (line: LogLine) => void;
  /** Called when a request is over, with all that happened between host and filters on its account. */
  onTrace?: (entries: readonly TraceEntry[]) => void;
}

/** Lines kept for whoever asks later; a gateway may run for days. */
const LOG_LINES_MAX = 1000;

/**
 * Serves the listeners of a static Envoy bootstrap over real HTTP/1.1, with the same filters and the same answers.
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
  readonly #servers: Server[] = [];
  readonly #workers: string[];
  readonly #pool: VmPool;
  #connections = 0;
  readonly #onTrace: GatewayOptions['onTrace'];
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
    this.#clusters = new Map([...plan.clusters].map(([name, cluster]) => [name, new Cluster(cluster)]));
    this.#onTrace = options.onTrace;
    const log = new Log(options.logLevel ?? 'info', LOG_LINES_MAX);
    if (options.onLog) log.listen(options.onLog);
    this.#services = createServices({
      clock: options.clock ?? new SystemClock(),
      log,
      random: (size) => randomBytes(size),
      node: plan.node,
      callouts: new GatewayCallouts(this.#clusters),
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
    const modules = new Map<string, CheckedModule>();
    const chains = gateway.plan.listeners.map((listener) =>
      listener.filters.map(
        ({ plugin, wasm }) => new PluginRuntime(pool, moduleOf(modules, wasm), plugin, gateway.#workers),
      ),
    );
    try {
      for (const [index, listener] of gateway.plan.listeners.entries())
        await gateway.listen(listener, chains[index] as PluginRuntime[]);
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

  /** Resolves when no request is on its way any more: all has been logged and counted. */
  async idle(): Promise<void> {
    while (this.#active > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  private over(): void {
    this.#active--;
    if (this.#active === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  /** Stops listening and ends every connection, also those with a request on its way. */
  async close(): Promise<void> {
    await Promise.all(
      this.#servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
    this.#pool.finish();
    for (const cluster of this.#clusters.values()) cluster.close();
  }

  private listen(listener: ListenerPlan, chain: PluginRuntime[]): Promise<void> {
    const connections = new WeakMap<Socket, number>();
    // A head that cannot be read after one that could: the answer to the first is under way, a second one would confuse.
    const answering = new WeakSet<object>();
    const server = createServer({
      // A little above Envoy's limit, which is checked on the decoded head.
      maxHeaderSize: REQUEST_HEADER_BYTES_MAX + 1024,
      requireHostHeader: false,
      keepAliveTimeout: 3_600_000,
      headersTimeout: listener.requestHeadersTimeoutMs,
      requestTimeout: 0,
    });
    server.maxHeadersCount = 0;
    server.on('connection', (socket) => connections.set(socket, ++this.#connections));
    const serve = (
      message: ConstructorParameters<typeof GatewayExchange>[0],
      response: ConstructorParameters<typeof GatewayExchange>[1],
    ) => {
      answering.add(message.socket);
      const connectionId = connections.get(message.socket) ?? 0;
      const worker = this.#workers[connectionId % this.#workers.length] as string;
      this.#active++;
      new GatewayExchange(message, response, {
        services: this.#services,
        listener,
        clusters: this.#clusters,
        chain,
        worker,
        connectionId,
        requestId: randomUUID,
        onTrace: this.#onTrace,
        over: () => this.over(),
      }).run();
    };
    server.on('request', serve);
    server.on('checkContinue', (message, response) => {
      response.writeContinue();
      serve(message, response);
    });
    server.on('checkExpectation', serve);
    server.on('connect', (_message, socket) => socket.end(this.rawReply(listener, 404)));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable || answering.has(socket)) socket.end();
      else socket.end(this.rawReply(listener, clientErrorStatus(error.code ?? '')));
    });
    this.#servers.push(server);
    return this.bind(server, listener);
  }

  private bind(server: Server, listener: ListenerPlan): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const where = socketAddress(listener.address, listener.port);
        const text = cause.code === 'EADDRINUSE' ? `${where} is in use by another program` : cause.message;
        reject(
          new SimulatorError(
            cause.code === 'EADDRINUSE' ? 'address_in_use' : 'bad_bootstrap',
            `listener ${listener.name}: ${text}`,
            { cause },
          ),
        );
      });
      server.listen({ host: listener.address, port: listener.port, ipv6Only: true }, () => {
        const { address, port } = server.address() as AddressInfo;
        this.listeners.push({ name: listener.name, address, port });
        resolve();
      });
    });
  }

  /** For heads that node's parser refuses: there is no request to answer. */
  private rawReply(listener: ListenerPlan, status: number): string {
    const reason = STATUS_CODES[status] ?? 'Unknown';
    const body = status === 404 ? '' : reason;
    const content = body === '' ? [] : [`content-length: ${body.length}`, 'content-type: text/plain'];
    const date = new Date(Number(this.clock.wallNs() / 1_000_000n)).toUTCString();
    const tail = body === '' ? ['content-length: 0'] : [];
    return [
      `HTTP/1.1 ${status} ${reason}`,
      ...content,
      `date: ${date}`,
      `server: ${listener.connection.serverName}`,
      'connection: close',
      ...tail,
      '',
      body,
    ].join('\r\n');
  }
}

/** The same bytes are compiled once, whatever number of plugins runs them; they then may share VMs. */
function moduleOf(modules: Map<string, CheckedModule>, wasm: Uint8Array): CheckedModule {
  const key = Buffer.from(wasm).toString('base64');
  const known = modules.get(key);
  if (known) return known;
  const checked = checkModule(wasm);
  modules.set(key, checked);
  return checked;
}

function clientErrorStatus(code: string): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code === 'HPE_INVALID_VERSION' ? 426 : 400;
}
