import { SimulatorError } from '../errors.js';
import type { Context } from '../vm/context.js';
import type { PluginHandle } from '../vm/plugin-runtime.js';
import type { HeaderMap } from './header-map.js';
import type { HttpStream } from './http-stream.js';
import { type LocalReply, plainReply } from './local-reply.js';
import type { StreamInfo } from './stream-info.js';

const MAP = { requestHeaders: 0, responseHeaders: 2 } as const;
const Action = { Continue: 0, ContinueAndEndStream: 2 } as const;

/** What a header callback let happen: the rest of the chain goes on, waits, or the stream has been answered meanwhile. */
export type Verdict = 'continue' | 'stop';

/** One Wasm filter on one stream: its context in the VM, and what that context may read and write in this moment. */
export class FilterStream {
  /** True inside proxy_on_log, where all maps can be read and none be written. */
  logging = false;
  #context: Context | undefined;
  #requestHeaders: HeaderMap | undefined;
  #responseHeaders: HeaderMap | undefined;
  #replySent = false;
  #stopForced = false;

  constructor(
    private readonly http: HttpStream,
    /** Where the filter stands in the chain. */
    readonly index: number,
    private readonly handle: PluginHandle | 'closed',
  ) {}

  get info(): StreamInfo {
    return this.http.info;
  }

  get tracing(): boolean {
    return this.http.trace.enabled;
  }

  trace(line: string): void {
    this.http.trace.write(line);
  }

  /** The map that a filter may change now. Envoy: until its callback has returned Continue, and never in on_log. */
  writableMap(type: number): HeaderMap | undefined {
    if (type === MAP.requestHeaders) return this.#requestHeaders;
    return type === MAP.responseHeaders ? this.#responseHeaders : undefined;
  }

  readableMap(type: number): HeaderMap | undefined {
    if (!this.logging) return this.writableMap(type);
    if (type === MAP.requestHeaders) return this.info.requestHeaders;
    return type === MAP.responseHeaders ? this.info.responseHeaders : undefined;
  }

  /** Envoy: any write to the request's headers makes it choose the route again. */
  mapChanged(type: number): void {
    if (type === MAP.requestHeaders) this.http.clearRouteCache();
  }

  onRequestHeaders(headers: HeaderMap, endStream: boolean): Verdict {
    if (this.handle === 'closed') return this.failStream();
    const { vm, root } = this.handle;
    if (vm.failed) return this.failStream();
    this.#requestHeaders = headers;
    this.#context = vm.createContext(root.plugin, this, root.id);
    const verdict = this.headerCallback('proxy_on_request_headers', headers, endStream);
    if (verdict === 'continue') this.#requestHeaders = undefined;
    return verdict;
  }

  onResponseHeaders(headers: HeaderMap, endStream: boolean): Verdict {
    if (!this.#context || this.handle === 'closed') return 'continue';
    if (this.handle.vm.failed) return this.#replySent ? 'continue' : this.failStream();
    this.#responseHeaders = headers;
    const verdict = this.headerCallback('proxy_on_response_headers', headers, endStream);
    if (verdict === 'continue') this.#responseHeaders = undefined;
    return verdict;
  }

  /** The end of the stream: on_log, then on_done, then on_delete. */
  onEnd(): void {
    if (this.handle === 'closed' || this.handle.vm.failed) return;
    const { vm, root } = this.handle;
    // Envoy: a request that was answered before the filters ran still has its access log, in a context made for it.
    this.#context ??= vm.createContext(root.plugin, this, root.id);
    const { id } = this.#context;
    this.logging = true;
    vm.call(this.#context, 'proxy_on_log', id);
    this.logging = false;
    this.#requestHeaders = undefined;
    this.#responseHeaders = undefined;
    // Streams are deleted whatever on_done answers; only roots may wait for proxy_done.
    vm.call(this.#context, 'proxy_on_done', id);
    vm.call(this.#context, 'proxy_on_delete', id);
    vm.deleteContext(this.#context);
  }

  requestContinue(): void {
    this.defer(() => this.http.continueRequest(this.index));
    this.#requestHeaders = undefined;
  }

  responseContinue(): void {
    if (!this.http.responseStarted) {
      throw new SimulatorError(
        'envoy_crash',
        'proxy_continue_stream(response) before there is a response: Envoy 1.40 dies of it (segmentation fault)',
        {
          details: this.http.trace.lines,
        },
      );
    }
    this.defer(() => this.http.continueResponse(this.index));
    this.#requestHeaders = undefined;
  }

  closeStream(side: 'request' | 'response'): void {
    this.defer(() => this.http.reset(side === 'request' ? 'wasm_close_stream' : undefined));
  }

  localReply(reply: LocalReply): void {
    if (this.logging) {
      throw new SimulatorError('envoy_crash', 'proxy_send_local_response in proxy_on_log: Envoy 1.40 dies of it', {
        details: this.http.trace.lines,
      });
    }
    this.#stopForced = true;
    // Envoy: the first reply counts, a second one is Ok and forgotten.
    if (this.#replySent) return;
    this.#replySent = true;
    this.defer(() => this.http.localReply(reply));
  }

  private headerCallback(callback: string, headers: HeaderMap, endStream: boolean): Verdict {
    const { vm } = this.handle as PluginHandle;
    const context = this.#context as Context;
    if (!vm.has(callback)) return 'continue';
    // A reply made in the request callback runs the response callback before this one has returned.
    const outer = this.#stopForced;
    this.#stopForced = false;
    const result = vm.call(context, callback, context.id, headers.entries.length, endStream ? 1 : 0);
    const stop = this.#stopForced || (result !== Action.Continue && result !== Action.ContinueAndEndStream);
    this.#stopForced = outer;
    if (vm.failed) return this.failStream();
    return stop ? 'stop' : 'continue';
  }

  private failStream(): Verdict {
    if (!this.#replySent) {
      this.#replySent = true;
      this.http.localReply(plainReply(503, 'wasm_fail_stream'));
    }
    return 'stop';
  }

  private defer(action: () => void): void {
    if (this.handle !== 'closed') this.handle.vm.defer(action);
  }
}
