import { Body } from '../http/body.js';
import { beginStream, type StreamInfo } from '../http/stream-info.js';
import { Trace, type TraceEntry } from '../http/trace.js';
import { type Connection, NetworkFilter, Peer } from '../network/network-filter.js';
import type { LogLine } from '../process/log.js';
import type { PluginHandle } from '../vm/plugin-runtime.js';
import { INBOUND, LOCAL, PEER_DEFAULT, type StreamSetting } from './exchange-stream.js';

/** A TCP connection as a test opens it. */
export interface ConnectionInput {
  /** The client, `address:port`. */
  peer?: string;
  /** The worker that takes it; else they take turns. */
  worker?: number;
  /** Each side ends on its own; by default one side's end is answered by the other's, as most programs do. */
  allowHalfOpen?: boolean;
}

const UPSTREAM = '192.0.2.2:80';
const bytesOf = (piece: string | Uint8Array): Uint8Array => Buffer.from(piece as string, 'latin1');

/** A TCP connection through network filters to an upstream, both ends in the hand of a test. */
export class SimConnection {
  /** What the client got, a byte a character. */
  received = '';
  /** What the upstream got. */
  upstreamReceived = '';
  /** The upstream was connected to: no filter holds the connection back. */
  connected = false;
  closed = false;
  readonly #trace: Trace;
  readonly #log: LogLine[] = [];
  readonly #filters: NetworkFilter[];
  readonly #info: StreamInfo;
  readonly #down = new Body();
  readonly #up = new Body();
  readonly #stopListening: () => void;
  #downEnded = false;
  #upEnded = false;
  #clientGone = false;

  constructor(
    private readonly input: ConnectionInput,
    private readonly setting: StreamSetting,
  ) {
    const { services } = setting;
    this.#trace = new Trace(setting.tracing ?? true, services.clock);
    this.#stopListening = services.log.listen((line) => this.#log.push(line));
    this.#info = beginStream({
      clock: services.clock,
      peer: input.peer ?? PEER_DEFAULT,
      local: LOCAL,
      connectionId: setting.connectionId,
      listener: { direction: INBOUND, filterChainName: '' },
      overrides: setting.properties,
    });
    const connection: Connection = {
      info: this.#info,
      trace: this.#trace,
      continueReading: (filter) => this.read(this.#filters.indexOf(filter) + 1),
      close: () => this.finish(Peer.Local),
      abort: () => this.abort(),
    };
    this.#filters = setting.chain
      .map((plugin) => plugin.take(setting.worker))
      .filter((handle): handle is PluginHandle | 'closed' => handle !== 'open')
      .map((handle) => new NetworkFilter(connection, handle));
    this.run(() => this.read(0));
  }

  /** The client sends. */
  send(piece: string | Uint8Array, options: { end?: boolean } = {}): this {
    if (this.closed || this.#downEnded) return this;
    this.#down.append(bytesOf(piece));
    this.#downEnded = options.end ?? false;
    // Envoy: the TCP proxy reads nothing before it has its upstream.
    if (this.connected) this.run(() => this.read(0));
    return this;
  }

  /** The client says no more. */
  end(): this {
    return this.send('', { end: true });
  }

  /** The client is gone: it says no more and hears no more. */
  close(): this {
    this.#clientGone = true;
    return this.end();
  }

  /** The upstream sends. */
  upstreamSend(piece: string | Uint8Array, options: { end?: boolean } = {}): this {
    if (this.closed || this.#upEnded || !this.connected) return this;
    this.#up.append(bytesOf(piece));
    this.#upEnded = options.end ?? false;
    this.run(() => this.write());
    return this;
  }

  /** The upstream says no more. */
  upstreamEnd(): this {
    return this.upstreamSend('', { end: true });
  }

  /** What was logged since it was opened, until it was closed. */
  get log(): readonly LogLine[] {
    return this.#log;
  }

  get conversation(): readonly TraceEntry[] {
    return this.#trace.entries;
  }

  get trace(): string[] {
    return this.#trace.lines;
  }

  private run(action: () => void): void {
    action();
    this.setting.services.activity.drain();
  }

  /** Envoy: all that has been read and not passed on goes from the first filter on, each time that more comes. */
  private read(from: number): void {
    for (const filter of this.#filters.slice(from)) {
      if (!filter.initialized && !filter.newConnection()) return;
      if (this.closed) return;
      if ((this.#down.length > 0 || this.#downEnded) && !filter.downstreamData(this.#down, this.#downEnded)) return;
      if (this.closed) return;
    }
    if (!this.connected) {
      this.connect();
      if (this.#down.length > 0 || this.#downEnded) this.read(0);
      return;
    }
    this.upstreamReceived += Buffer.from(this.#down.drain()).toString('latin1');
    if (!this.#downEnded) return;
    if (this.#upEnded) this.finish(Peer.Remote);
    else if (!this.input.allowHalfOpen) this.upstreamEnd();
  }

  private connect(): void {
    this.connected = true;
    this.#trace.host('the upstream is connected');
    this.#info.route = { clusterName: 'upstream', virtualHostName: '', routeName: '' };
    this.#info.upstream = { address: UPSTREAM, localAddress: '192.0.2.1:50000' };
  }

  private write(): void {
    for (const filter of [...this.#filters].reverse()) {
      if (!filter.upstreamData(this.#up, this.#upEnded) || this.closed) return;
    }
    const bytes = this.#up.drain();
    if (!this.#clientGone) this.received += Buffer.from(bytes).toString('latin1');
    if (!this.#upEnded) return;
    if (this.#downEnded) this.finish(Peer.Local);
    else if (!this.input.allowHalfOpen) this.end();
  }

  private finish(peer: number): void {
    if (this.closed) return;
    this.closed = true;
    this.#trace.host('the connection is closed');
    for (const filter of this.#filters) filter.closed(peer);
    this.#stopListening();
  }

  private abort(): void {
    if (this.closed) return;
    this.closed = true;
    this.#trace.host('the connection is closed');
    this.#stopListening();
  }
}
