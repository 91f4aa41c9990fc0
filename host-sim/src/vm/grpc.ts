import { SimulatorError } from '../errors.js';
import { Body } from '../http/body.js';
import { type HeaderEntry, HeaderMap } from '../http/header-map.js';
import type { Context } from './context.js';
import type { Vm } from './vm.js';

/** A gRPC call or stream as its server sees it. */
export interface GrpcRequest {
  cluster: string;
  /** `:path`, `:authority` and all metadata, as Envoy sends them. */
  headers: HeaderEntry[];
}

/** How a gRPC exchange ended: what the server said, or what Envoy says in its place. */
export interface GrpcEnd {
  status: number;
  message: string;
  /** What proxy_on_grpc_receive_trailing_metadata gets; none for a cluster that is not there. */
  trailers?: HeaderMap;
}

export interface GrpcEvents {
  initialMetadata(metadata: HeaderMap): void;
  message(bytes: Uint8Array): void;
  end(end: GrpcEnd): void;
}

export interface GrpcConnection {
  send(message: Uint8Array, end: boolean): void;
  /** The client's side is done. */
  close(): void;
  cancel(): void;
}

/** Who carries gRPC out. */
export interface GrpcClient {
  has(cluster: string): boolean;
  open(request: GrpcRequest, events: GrpcEvents): GrpcConnection;
}

export const GrpcStatus = { Ok: 0, Unknown: 2, Internal: 13, Unavailable: 14 } as const;

/** What the gRPC callback that is running can read. */
export interface GrpcView {
  initial?: HeaderMap;
  trailing?: HeaderMap;
  message?: Body;
}

interface Exchange {
  unary: boolean;
  root: Context;
  caller: Context;
  connection?: GrpcConnection;
  cancelTimeout: () => void;
  received?: Uint8Array;
  headSeen: boolean;
  localClosed: boolean;
  remoteClosed: boolean;
}

/** Ids tell the kinds apart by their two low bits; HTTP callouts have 0. */
const KIND = { call: 1, stream: 2, mask: 3 } as const;
const ID_STEP = 4;

/** The gRPC calls and streams of one VM. Like HTTP callouts they belong to a root context. */
export class GrpcCallouts {
  view: GrpcView | undefined;
  readonly #open = new Map<number, Exchange>();
  readonly #lastId: Record<1 | 2, number> = { 1: 1, 2: 2 };
  /** Events wait while a filter runs: Envoy tells them in a turn of its own. */
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly vm: Vm) {}

  /** The id of a new call (with a message) or stream (without); undefined: the cluster is not there, which is told twice. */
  start(request: GrpcRequest, timeoutMs: number, message?: Uint8Array): number | undefined {
    const client = this.client();
    const root = this.vm.rootOf(this.vm.current());
    const kind = message ? KIND.call : KIND.stream;
    this.#lastId[kind] += ID_STEP;
    const id = this.#lastId[kind];
    const exchange: Exchange = {
      unary: message !== undefined,
      root,
      caller: this.vm.current(),
      cancelTimeout: () => {},
      headSeen: false,
      localClosed: false,
      remoteClosed: false,
    };
    if (!client.has(request.cluster)) {
      // Envoy: the call is refused with a status, and its end is told to the filter as well.
      this.soon(() => this.close(root, exchange.caller, id, GrpcStatus.Unavailable, 'Cluster not available'));
      return undefined;
    }
    this.#open.set(id, exchange);
    if (timeoutMs > 0) exchange.cancelTimeout = this.vm.host.clock.after(timeoutMs, () => this.timedOut(id, exchange));
    exchange.connection = client.open(request, {
      initialMetadata: (metadata) => this.told(id, exchange, () => this.head(id, exchange, metadata)),
      message: (bytes) => this.told(id, exchange, () => this.message(id, exchange, bytes)),
      end: (end) => this.told(id, exchange, () => this.end(id, exchange, end)),
    });
    if (message) exchange.connection.send(message, true);
    return id;
  }

  get clusters(): { has(cluster: string): boolean } {
    return this.client();
  }

  /** `argument`: not a stream's id; `missing`: there is no such stream (any more). */
  send(id: number, message: Uint8Array, end: boolean): 'ok' | 'argument' | 'missing' {
    if ((id & KIND.mask) !== KIND.stream) return 'argument';
    const exchange = this.#open.get(id);
    if (!exchange) return 'missing';
    // Envoy: what comes behind the end is Ok and goes nowhere.
    if (!exchange.localClosed && !exchange.remoteClosed) exchange.connection?.send(message, end);
    if (end) this.closeLocal(id, exchange);
    return 'ok';
  }

  /** Ends this side of a stream; a call is cancelled. */
  finish(id: number): 'ok' | 'argument' | 'missing' {
    const exchange = this.find(id);
    if (typeof exchange === 'string') return exchange;
    if (exchange.unary) return this.cancel(id);
    if (!exchange.localClosed && !exchange.remoteClosed) exchange.connection?.close();
    this.closeLocal(id, exchange);
    return 'ok';
  }

  cancel(id: number): 'ok' | 'argument' | 'missing' {
    const exchange = this.find(id);
    if (typeof exchange === 'string') return exchange;
    this.forget(id, exchange);
    if (!exchange.remoteClosed) exchange.connection?.cancel();
    return 'ok';
  }

  cancelAll(): void {
    for (const id of [...this.#open.keys()]) this.cancel(id);
  }

  private client(): GrpcClient {
    const { grpc, callouts } = this.vm.host;
    if (grpc) return grpc;
    const refuse = () => {
      throw new SimulatorError('not_simulated', 'gRPC calls of filters: a spec has no clusters for them');
    };
    return { has: (cluster) => callouts.has(cluster) && refuse(), open: refuse };
  }

  private find(id: number): Exchange | 'argument' | 'missing' {
    const kind = id & KIND.mask;
    if (kind !== KIND.call && kind !== KIND.stream) return 'argument';
    return this.#open.get(id) ?? 'missing';
  }

  private forget(id: number, exchange: Exchange): void {
    this.#open.delete(id);
    exchange.cancelTimeout();
  }

  private closeLocal(id: number, exchange: Exchange): void {
    exchange.localClosed = true;
    if (exchange.remoteClosed) this.forget(id, exchange);
  }

  private timedOut(id: number, exchange: Exchange): void {
    exchange.connection?.cancel();
    const early = !exchange.headSeen;
    this.told(id, exchange, () =>
      this.end(id, exchange, {
        status: early ? GrpcStatus.Unavailable : GrpcStatus.Internal,
        message: early ? 'upstream request timeout{response_timeout}' : 'response_timeout',
      }),
    );
  }

  private told(id: number, exchange: Exchange, action: () => void): void {
    this.soon(() => {
      if (this.#open.get(id) === exchange && !exchange.remoteClosed && !this.vm.failed) action();
    });
  }

  /** At once when no filter runs, else in a turn of its own; in order. */
  private soon(action: () => void): void {
    this.#waiting.push(action);
    if (this.vm.running) {
      const { activity, fault } = this.vm.host;
      activity.track(
        () => {},
        () => this.flush(),
        fault,
      );
    } else this.flush();
  }

  private flush(): void {
    if (this.vm.running) return;
    for (let action = this.#waiting.shift(); action; action = this.#waiting.shift()) action();
  }

  private head(id: number, exchange: Exchange, metadata: HeaderMap): void {
    exchange.headSeen = true;
    if (exchange.unary) return;
    this.tell(exchange, { initial: metadata }, 'proxy_on_grpc_receive_initial_metadata', id, metadata.entries.length);
  }

  private message(id: number, exchange: Exchange, bytes: Uint8Array): void {
    if (exchange.unary) exchange.received = bytes;
    else this.tell(exchange, { message: new Body(bytes) }, 'proxy_on_grpc_receive', id, bytes.length);
  }

  private end(id: number, exchange: Exchange, { status, message, trailers }: GrpcEnd): void {
    exchange.cancelTimeout();
    if (exchange.unary) {
      const { received } = exchange;
      if (status !== GrpcStatus.Ok) this.close(exchange.root, exchange.caller, id, status, message);
      else if (!received) this.close(exchange.root, exchange.caller, id, GrpcStatus.Internal, '');
      else this.tell(exchange, { message: new Body(received) }, 'proxy_on_grpc_receive', id, received.length);
      this.forget(id, exchange);
      return;
    }
    this.tellEnd(id, exchange, trailers);
    if (this.#open.get(id) !== exchange) return;
    exchange.remoteClosed = true;
    this.close(exchange.root, exchange.caller, id, status, message);
    // Envoy: a stream that the filter has not ended stays known until it does.
    if (exchange.localClosed) this.forget(id, exchange);
  }

  /** Envoy: each stream has its head and its trailers, if only empty ones. */
  private tellEnd(id: number, exchange: Exchange, trailers: HeaderMap | undefined): void {
    const empty = HeaderMap.trailers();
    if (!exchange.headSeen) this.head(id, exchange, empty);
    if (this.#open.get(id) !== exchange) return;
    const trailing = trailers ?? empty;
    this.tell(exchange, { trailing }, 'proxy_on_grpc_receive_trailing_metadata', id, trailing.entries.length);
  }

  private close(root: Context, caller: Context, id: number, status: number, message: string): void {
    root.status = { code: status, message };
    this.enter(caller, {}, () => this.vm.call(root, 'proxy_on_grpc_close', root.id, id, status));
    // Envoy: the code stays, the text does not.
    root.status = { code: status, message: '' };
  }

  private tell(exchange: Exchange, view: GrpcView, callback: string, id: number, size: number): void {
    this.enter(exchange.caller, view, () => this.vm.call(exchange.root, callback, exchange.root.id, id, size));
  }

  private enter(caller: Context, view: GrpcView, action: () => void): void {
    this.vm.enter(() => {
      this.view = view;
      this.vm.onBehalfOf = caller;
      try {
        action();
      } finally {
        this.view = undefined;
        this.vm.onBehalfOf = undefined;
      }
    });
  }
}
