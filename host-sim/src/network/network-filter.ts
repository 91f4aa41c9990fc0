import type { Body } from '../http/body.js';
import type { StreamInfo } from '../http/stream-info.js';
import type { Trace } from '../http/trace.js';
import type { Context, ContextStream } from '../vm/context.js';
import type { PluginHandle } from '../vm/plugin-runtime.js';

/** What a network filter may do to its connection. */
export interface Connection {
  readonly info: StreamInfo;
  readonly trace: Trace;
  /** The bytes that wait at this filter go on behind it. */
  continueReading(filter: NetworkFilter): void;
  /** Closed by Envoy itself. */
  close(): void;
  /** The VM trapped: closed, and nobody is told. */
  abort(): void;
}

/** `proxy_peer_type`: who closed. */
export const Peer = { Unknown: 0, Local: 1, Remote: 2 } as const;

/** One Wasm filter on one TCP connection: its context in the VM, and what it may read and write in this moment. */
export class NetworkFilter implements ContextStream {
  /** Envoy: the log callback of a connection sees nothing that the others do not. */
  readonly logging = false;
  /** It has been told of the connection. */
  initialized = false;
  #context: Context | undefined;
  #data: { side: 'downstream' | 'upstream'; body: Body } | undefined;
  #over = false;

  constructor(
    private readonly connection: Connection,
    private readonly handle: PluginHandle | 'closed',
  ) {}

  get info(): StreamInfo {
    return this.connection.info;
  }

  get log(): Trace {
    return this.connection.trace;
  }

  /** True: go on to the next filter. */
  newConnection(): boolean {
    this.initialized = true;
    if (this.handle === 'closed' || this.handle.vm.failed) {
      this.connection.abort();
      return false;
    }
    const { vm, root } = this.handle;
    this.#context = vm.createContext(root.plugin, this, root.id);
    return this.callback('proxy_on_new_connection');
  }

  downstreamData(body: Body, end: boolean): boolean {
    return this.data('downstream', body, end);
  }

  upstreamData(body: Body, end: boolean): boolean {
    const passes = this.data('upstream', body, end);
    // Envoy: the end of the upstream's bytes is its close, whatever the filter answered.
    if (end) this.callback('proxy_on_upstream_connection_close', Peer.Unknown);
    return passes;
  }

  /** The connection is gone: its last callbacks. Envoy: on_done comes before on_log here, unlike in HTTP. */
  closed(peer: number): void {
    if (this.#over || !this.#context || this.handle === 'closed' || this.handle.vm.failed) return;
    const { vm } = this.handle;
    this.callback('proxy_on_downstream_connection_close', peer);
    this.#over = true;
    vm.call(this.#context, 'proxy_on_done', this.#context.id);
    vm.call(this.#context, 'proxy_on_log', this.#context.id);
    vm.call(this.#context, 'proxy_on_delete', this.#context.id);
    vm.deleteContext(this.#context);
  }

  body(side: 'request' | 'response' | 'downstream' | 'upstream'): Body | undefined {
    return this.#data?.side === side ? this.#data.body : undefined;
  }

  downstreamContinue(): void {
    this.defer(() => this.connection.continueReading(this));
  }

  closeConnection(): void {
    this.defer(() => this.connection.close());
  }

  // What belongs to HTTP is Ok here and does nothing, or is not there.
  readableMap(): undefined {}
  visibleMap(): undefined {}
  writableMap(): undefined {}
  mapChanged(): void {}
  clearRouteCache(): void {}
  requestContinue(): void {}
  responseContinue(): void {}
  closeStream(): void {}
  localReply(): void {}

  private data(side: 'downstream' | 'upstream', body: Body, end: boolean): boolean {
    this.#data = { side, body };
    const passes = this.callback(`proxy_on_${side}_data`, body.length, end ? 1 : 0);
    this.#data = undefined;
    return passes;
  }

  private callback(name: string, ...args: number[]): boolean {
    if (this.#over || !this.#context) return false;
    const { vm } = this.handle as PluginHandle;
    const result = vm.call(this.#context, name, this.#context.id, ...args);
    if (vm.failed) {
      this.#over = true;
      this.connection.abort();
      return false;
    }
    // Envoy: whatever is not Continue stops; a callback that is not exported lets pass.
    return (result ?? 0) === 0;
  }

  private defer(action: () => void): void {
    if (this.handle !== 'closed') this.handle.vm.defer(action);
  }
}
