import { ALLOCATORS, CALLBACKS } from '../abi/callbacks.js';
import { HOST_FUNCTIONS } from '../abi/imports.js';
import { SimulatorError } from '../errors.js';
import { HostCallouts } from '../host/callouts.js';
import { SimStream } from '../host/exchange.js';
import { configurationBytes, connectionOptions, type HostOptions } from '../host/host.js';
import { encodeProperties } from '../host/property-overrides.js';
import type { SimResponse, UpstreamResponse } from '../host/response.js';
import { Activity } from '../process/activity.js';
import { ManualClock } from '../process/clock.js';
import { formatLogLine, Log } from '../process/log.js';
import { SeededRandom } from '../process/random.js';
import { createServices, type HostServices } from '../vm/host-services.js';
import { type Plugin, RELOAD_INTERVAL_DEFAULT_MS } from '../vm/plugin.js';
import type { PluginHandle } from '../vm/plugin-runtime.js';
import { Vm } from '../vm/vm.js';
import { readModuleShape } from '../wasm/binary.js';
import type { EngineImports } from '../wasm/engine.js';
import type { SpecInstance } from './spec-instance.js';

/** What a spec's request has come to when a filter holds it and only time or a callout could let it go. */
const PAUSED = -1;

/**
 * The host of a spec: one VM, which is the spec's own instance. The spec runs inside of it and cannot wait, so all that the
 * host does has happened when its function returns.
 */
export class SpecHost {
  readonly #services: HostServices;
  readonly #callouts: HostCallouts;
  readonly #vm: Vm;
  readonly #clock: ManualClock;
  readonly #properties: ReadonlyMap<string, Uint8Array>;
  #instance!: SpecInstance;
  #handle: PluginHandle | undefined;
  #upstream: UpstreamResponse = { status: 200 };
  #stream: SimStream | undefined;
  #requests = 0;

  constructor(
    binary: Uint8Array,
    private readonly options: HostOptions,
  ) {
    const shape = readModuleShape(binary);
    const imports = shape.imports.flatMap(({ module, name }) => {
      const host = HOST_FUNCTIONS.get(module)?.get(name);
      return host ? [{ module, name, host }] : [];
    });
    const random = new SeededRandom(1);
    this.#clock = options.clock instanceof ManualClock ? options.clock : new ManualClock();
    this.#callouts = new HostCallouts(this.#clock, () => this.#services);
    this.#services = createServices({
      clock: this.#clock,
      callouts: this.#callouts,
      log: new Log(options.logLevel ?? 'info'),
      random: (size) => random.bytes(size),
      chance: () => random.next(),
      activity: new Activity(true),
    });
    this.#properties = encodeProperties(options.properties ?? {});
    const allocator = ALLOCATORS.find((name) => shape.exports.has(name)) ?? ALLOCATORS[1];
    const callbacks = new Set([...shape.exports.keys()].filter((name) => CALLBACKS.has(name)));
    this.#vm = new Vm(this.#services, '0', { imports, allocator, callbacks, names: () => new Map() }, this.plugin(''));
  }

  /** The host functions that the spec's module imports. */
  imports(): EngineImports {
    return this.#vm.imports();
  }

  attach(instance: SpecInstance): void {
    this.#instance = instance;
    this.#vm.attach(instance);
  }

  /** What a spec calls, by the names in `assembly/index.ts`. Texts are the loader's strings. */
  controls(): Record<string, (...args: number[]) => number | bigint | undefined> {
    const text = (pointer: number) => this.#instance.exports.__getString(pointer);
    const give = (value: string | undefined) => (value === undefined ? 0 : this.#instance.exports.__newString(value));
    return {
      configure: (config = 0) => Number(this.configure(text(config))),
      request: (head = 0, body = 0) => this.request(text(head), text(body)),
      answer: (status = 0, head = 0, body = 0) => {
        this.#upstream = { status, headers: headersOf(text(head).split('\n')), body: text(body) };
        return undefined;
      },
      callout: (cluster = 0, status = 0, body = 0) => {
        const answer = { status, body: text(body) };
        this.#callouts.set(text(cluster), () => answer);
        return undefined;
      },
      advance: (ms = 0) => {
        this.#clock.advance(ms);
        this.#services.activity.drain();
        return undefined;
      },
      status: () => this.#stream?.answer?.status ?? PAUSED,
      header: (name = 0) => give(this.response().header(text(name))),
      body: () => give(this.response().body),
      forwarded: () => Number(this.response().upstream !== undefined),
      upstreamHeader: (name = 0) => give(this.response().upstream?.header(text(name))),
      metric: (name = 0) => BigInt(this.#services.metrics.value(text(name))),
      log: () => give(this.#services.log.lines.map(formatLogLine).join('\n')),
      conversation: () => give(this.#stream?.trace.join('\n') ?? ''),
    };
  }

  private configure(config: string): boolean {
    const root = this.#vm.roots.start(this.plugin(config));
    this.#handle = root && { vm: this.#vm, root };
    return root !== undefined;
  }

  private request(head: string, body: string): number {
    const handle = this.#handle;
    if (!handle) throw new SimulatorError('bad_input', 'configure the filter before the first request');
    const [line = '', ...lines] = head.split('\n');
    const [method = 'GET', path = '/'] = line.split(' ');
    this.#requests++;
    this.#stream = new SimStream(
      { method, path, headers: headersOf(lines), body },
      {
        services: this.#services,
        chain: [{ take: () => handle }],
        worker: '0',
        connection: connectionOptions(this.options.connection),
        properties: this.#properties,
        connectionId: this.#requests,
        upstream: () => this.#upstream,
      },
    );
    return this.#stream.answer?.status ?? PAUSED;
  }

  private response(): SimResponse {
    const answer = this.#stream?.answer;
    if (!answer) throw new SimulatorError('bad_input', 'there is no answer yet');
    return answer;
  }

  private plugin(config: string): Plugin {
    return {
      name: 'filter',
      rootId: '',
      vmId: '',
      configuration: configurationBytes(config),
      vmConfiguration: configurationBytes(this.options.vmConfig),
      environment: new Map(Object.entries(this.options.env ?? {})),
      failurePolicy: 'FAIL_CLOSED',
      allowOnHeadersStopIteration: false,
      reloadIntervalMs: RELOAD_INTERVAL_DEFAULT_MS,
    };
  }
}

/** `name: value` a line; empty ones are skipped. */
const headersOf = (lines: string[]): [string, string][] =>
  lines
    .filter((line) => line.includes(':'))
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
