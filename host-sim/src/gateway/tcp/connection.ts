import type { Socket } from 'node:net';
import { fromBytes } from '../../bytes.js';
import { Body } from '../../http/body.js';
import { beginStream, type StreamInfo } from '../../http/stream-info.js';
import { Trace, type TraceEntry } from '../../http/trace.js';
import { BODY_BUFFER_BYTES_MAX } from '../../limits.js';
import { NetworkFilter, Peer } from '../../network/network-filter.js';
import type { HostServices } from '../../vm/host-services.js';
import type { PluginHandle, PluginRuntime } from '../../vm/plugin-runtime.js';
import { socketAddress } from '../address.js';
import type { TcpListenerPlan } from '../plan/plan.js';
import type { Cluster } from '../upstream/cluster.js';
import { TcpReader } from './reader.js';
import { connectTcp } from './upstream.js';

export interface TcpSetting {
  services: HostServices;
  listener: TcpListenerPlan;
  clusters: ReadonlyMap<string, Cluster>;
  chain: readonly PluginRuntime[];
  worker: string;
  connectionId: number;
  /** From 0 to 1: which of weighted clusters it goes to. */
  random: number;
  onTrace?: ((entries: readonly TraceEntry[]) => void) | undefined;
  /** The connection is closed, and its contexts are gone. */
  over(): void;
}

/** The filter state by which a filter chooses the cluster of its connection. */
const CHOSEN_CLUSTER = 'envoy.tcp_proxy.cluster';

/** One TCP connection of a real client, through network filters to a real upstream. */
export class TcpConnection {
  readonly #trace: Trace;
  readonly #info: StreamInfo;
  readonly #filters: NetworkFilter[];
  readonly #reader: TcpReader;
  readonly #down = new Body();
  readonly #up = new Body();
  readonly #timers: (() => void)[] = [];
  #cancelIdle: () => void = () => {};
  #upstream: Socket | undefined;
  /** The TCP proxy has been told of the connection. */
  #proxied = false;
  #connected = false;
  #downEnded = false;
  #upEnded = false;
  /** All that the upstream said has been passed on, and its end. */
  #clientEnded = false;
  #closed = false;

  constructor(
    private readonly client: Socket,
    private readonly setting: TcpSetting,
  ) {
    const { services, listener, worker } = setting;
    this.#trace = new Trace(setting.onTrace !== undefined, services.clock);
    this.#info = beginStream({
      clock: services.clock,
      peer: socketAddress(client.remoteAddress, client.remotePort),
      local: socketAddress(client.localAddress, client.localPort),
      connectionId: setting.connectionId,
      listener: { direction: listener.direction, filterChainName: listener.filterChainName },
    });
    const connection = {
      info: this.#info,
      trace: this.#trace,
      continueReading: (filter: NetworkFilter) => this.guard(() => this.read(this.#filters.indexOf(filter) + 1)),
      close: () => this.finish(Peer.Local),
      abort: () => this.abandon(),
    };
    this.#filters = setting.chain
      .map((plugin) => plugin.take(worker))
      .filter((handle): handle is PluginHandle | 'closed' => handle !== 'open')
      .map((handle) => new NetworkFilter(connection, handle));
    this.#reader = new TcpReader(client, true, (bytes, end) => this.guard(() => this.fromClient(bytes, end)));
    client.on('error', () => {});
    client.on('close', (broken) => {
      if (broken || !this.#reader.ended) this.guard(() => this.finish(Peer.Remote, broken));
    });
  }

  run(): void {
    this.guard(() => this.read(0));
  }

  /** Whatever goes wrong in one connection cuts that one, is logged, and leaves the others alone. */
  private guard(action: () => void): void {
    try {
      action();
      this.setting.services.activity.drain();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      this.setting.services.log.write({ level: 'critical', message, plugin: '', thread: this.setting.worker });
      this.abandon();
    }
  }

  /** Envoy: all that has been read and not passed on goes from the first filter on, each time that more comes. */
  private read(from: number): void {
    if (this.#closed) return;
    for (const filter of this.#filters.slice(from)) {
      if (!filter.initialized && !filter.newConnection()) return;
      if (this.#closed) return;
      const something = this.#down.length > 0 || this.#downEnded;
      if (something && !filter.downstreamData(this.#down, this.#downEnded)) return;
      if (this.#closed) return;
    }
    if (!this.#proxied) this.connect();
    else if (this.#connected) this.toUpstream();
  }

  /** Envoy: the TCP proxy reads nothing of the client before it has its upstream. */
  private connect(): void {
    this.#proxied = true;
    const { listener, clusters } = this.setting;
    if (listener.connectionMsMax > 0) this.after(listener.connectionMsMax, () => this.finish(Peer.Local));
    const chosen = this.#info.objects.get(CHOSEN_CLUSTER);
    const clusterName = chosen ? fromBytes(chosen) : drawCluster(listener.clusters, this.setting.random);
    const cluster = clusters.get(clusterName);
    const endpoint = cluster?.pick();
    if (cluster) this.#info.route = { clusterName, virtualHostName: '', routeName: '' };
    if (!cluster || !endpoint) {
      this.finish(Peer.Local);
      return;
    }
    this.#info.upstream = { address: socketAddress(endpoint.address, endpoint.port) };
    this.#upstream = connectTcp(endpoint, cluster.plan.connectTimeoutMs, {
      connected: (socket) => this.guard(() => this.connected(socket)),
      failed: () => this.guard(() => this.finish(Peer.Local)),
    });
  }

  private connected(upstream: Socket): void {
    if (this.#closed) return;
    this.#connected = true;
    this.#trace.host('the upstream is connected');
    if (this.#info.upstream)
      this.#info.upstream.localAddress = socketAddress(upstream.localAddress, upstream.localPort);
    const reader = new TcpReader(upstream, false, (bytes, end) => this.guard(() => this.fromUpstream(bytes, end)));
    upstream.on('close', (broken) => {
      if (broken || !reader.ended) this.guard(() => this.finish(Peer.Local, broken));
    });
    reader.start();
    this.#reader.start();
    this.active();
    this.flow();
  }

  private fromClient(bytes: Uint8Array, end: boolean): void {
    if (this.#closed || (bytes.length === 0 && !end)) return;
    this.active();
    this.#down.append(bytes);
    this.#downEnded = end;
    this.read(0);
    this.flow();
  }

  private fromUpstream(bytes: Uint8Array, end: boolean): void {
    if (this.#closed || (bytes.length === 0 && !end)) return;
    this.active();
    this.#up.append(bytes);
    this.#upEnded = end;
    this.toClient();
    this.flow();
  }

  private toUpstream(): void {
    const upstream = this.#upstream as Socket;
    const bytes = this.#down.drain();
    if (bytes.length > 0) upstream.write(bytes);
    if (!this.#downEnded) return;
    upstream.end();
    if (this.#clientEnded) this.finish(Peer.Remote);
  }

  private toClient(): void {
    for (const filter of [...this.#filters].reverse()) {
      if (!filter.upstreamData(this.#up, this.#upEnded) || this.#closed) return;
    }
    const bytes = this.#up.drain();
    if (bytes.length > 0) this.client.write(bytes);
    if (!this.#upEnded) return;
    this.#clientEnded = true;
    this.client.end();
    if (this.#downEnded) this.finish(Peer.Local);
  }

  /** Nobody reads what the other side does not take, nor more than may be held back. */
  private flow(): void {
    const upstream = this.#upstream;
    if (this.#closed || !upstream || !this.#connected) return;
    paced(this.client, upstream, this.#down.length >= this.setting.listener.bufferLimitBytes, () => this.flow());
    paced(upstream, this.client, this.#up.length >= BODY_BUFFER_BYTES_MAX, () => this.flow());
  }

  private active(): void {
    this.#cancelIdle();
    const { services, listener } = this.setting;
    if (listener.idleTimeoutMs > 0)
      this.#cancelIdle = services.clock.after(listener.idleTimeoutMs, () => this.guard(() => this.finish(Peer.Local)));
  }

  private after(ms: number, action: () => void): void {
    this.#timers.push(this.setting.services.clock.after(ms, () => this.guard(action)));
  }

  /** Envoy: a reset of one side is one of the other side too. */
  private finish(peer: number, reset = false): void {
    if (this.#closed) return;
    this.hangUp(reset);
    for (const filter of this.#filters) filter.closed(peer);
    this.told();
  }

  /** A VM trapped: closed, and no filter is told. */
  private abandon(): void {
    if (this.#closed) return;
    this.hangUp();
    this.told();
  }

  private hangUp(reset = false): void {
    this.#closed = true;
    this.#trace.host('the connection is closed');
    this.#cancelIdle();
    for (const cancel of this.#timers.splice(0)) cancel();
    if (reset) {
      this.client.resetAndDestroy();
      this.#upstream?.resetAndDestroy();
      return;
    }
    this.client.destroySoon();
    if (this.#downEnded) this.#upstream?.destroySoon();
    else this.#upstream?.destroy();
  }

  private told(): void {
    this.setting.onTrace?.(this.#trace.entries);
    this.setting.over();
  }
}

function paced(from: Socket, to: Socket, full: boolean, again: () => void): void {
  const wait = full || to.writableNeedDrain;
  if (wait && !from.isPaused()) {
    from.pause();
    if (!full) to.once('drain', again);
  } else if (!wait && from.isPaused()) from.resume();
}

function drawCluster(clusters: TcpListenerPlan['clusters'], random: number): string {
  let left = random * clusters.reduce((sum, { weight }) => sum + weight, 0);
  for (const { name, weight } of clusters) {
    left -= weight;
    if (left < 0) return name;
  }
  return clusters.at(-1)?.name ?? '';
}
