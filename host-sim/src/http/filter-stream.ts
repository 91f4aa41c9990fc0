import { SimulatorError } from '../errors.js';
import type { Context, ContextStream } from '../vm/context.js';
import type { PluginHandle } from '../vm/plugin-runtime.js';
import type { Body } from './body.js';
import { HeaderMap } from './header-map.js';
import type { HttpStream } from './http-stream.js';
import { type LocalReply, plainReply } from './local-reply.js';
import type { DataVerdict, HeadersVerdict, Pass, PassFilter, TrailersVerdict } from './pass.js';
import type { StreamInfo } from './stream-info.js';
import type { Trace } from './trace.js';

const MAP = { requestHeaders: 0, requestTrailers: 1, responseHeaders: 2, responseTrailers: 3 } as const;
const HeadersAction = { Continue: 0, StopIteration: 1, ContinueAndEndStream: 2, StopAllIterationAndBuffer: 3 } as const;
const DATA_ACTIONS: readonly DataVerdict[] = ['continue', 'buffer', 'watermark', 'drop'];

type Side = 'request' | 'response';

/** What a filter may see of one direction, as long as its callback has not answered Continue. */
interface View {
  headers?: HeaderMap;
  body?: Body;
  trailers?: HeaderMap;
  /** The last callback answered StopIterationAndBuffer: the body is what is held, not only the newest piece. */
  buffering: boolean;
}

/** One Wasm filter on one stream: its context in the VM, and what that context may read and write in this moment. */
export class FilterStream implements ContextStream {
  /** True inside proxy_on_log, where all maps can be read and none be written. */
  logging = false;
  readonly request: PassFilter = this.side('request');
  readonly response: PassFilter = this.side('response');
  readonly #views: Record<Side, View> = { request: { buffering: false }, response: { buffering: false } };
  #context: Context | undefined;
  #endOfStream = false;
  /** The first reply of a callback of the request; Envoy answers with it when the callback is over. */
  #prepared: LocalReply | undefined;
  #inRequest = false;
  /** The response was replaced past the filters, and the stream is gone. */
  #answeredDirectly = false;
  /** The VM failed and the stream has been answered for it: the filter is not asked any more. */
  #failed = false;

  constructor(
    private readonly http: HttpStream,
    /** Where the filter stands in the chain. */
    readonly index: number,
    private readonly handle: PluginHandle | 'closed',
  ) {}

  get info(): StreamInfo {
    return this.http.info;
  }

  /** What has happened to this stream so far. */
  get log(): Trace {
    return this.http.trace;
  }

  /** The map that a filter may change now. Envoy: until its callback has returned Continue, and never in on_log. */
  writableMap(type: number): HeaderMap | undefined {
    if (type === MAP.requestTrailers) return this.trailersToWrite('request');
    if (type === MAP.responseTrailers) return this.trailersToWrite('response');
    return this.visibleMap(type);
  }

  readableMap(type: number): HeaderMap | undefined {
    if (!this.logging) return this.visibleMap(type);
    if (type === MAP.requestHeaders) return this.info.requestHeaders;
    if (type === MAP.responseHeaders) return this.info.responseHeaders;
    return type === MAP.responseTrailers ? this.info.responseTrailers : undefined;
  }

  /** Envoy: any write to the request's headers makes it choose the route again. */
  mapChanged(type: number): void {
    if (type === MAP.requestHeaders) this.http.clearRouteCache();
  }

  /** The body of a direction, undefined when there is none to see now. */
  body(side: Side | 'downstream' | 'upstream'): Body | undefined {
    if (side !== 'request' && side !== 'response') return undefined;
    const view = this.#views[side];
    return view.buffering ? this.pass(side).held : view.body;
  }

  clearRouteCache(): void {
    this.http.clearRouteCache();
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
    // What a filter stopped it still sees, but for bodies.
    for (const view of Object.values(this.#views)) Object.assign(view, { body: undefined, buffering: false });
    // Streams are deleted whatever on_done answers; only roots may wait for proxy_done.
    vm.call(this.#context, 'proxy_on_done', id);
    vm.call(this.#context, 'proxy_on_delete', id);
    vm.deleteContext(this.#context);
  }

  requestContinue(): void {
    this.defer(() => this.http.request.resume(this.index));
    this.forgetRequest();
  }

  responseContinue(): void {
    if (!this.http.responseStarted) {
      throw this.crash('proxy_continue_stream(response) before there is a response');
    }
    this.defer(() => this.http.response.resume(this.http.filters.length - 1 - this.index));
    this.forgetRequest();
  }

  /** Envoy: a stream of HTTP has no connection to let go or to close. */
  downstreamContinue(): void {}
  closeConnection(): void {}

  closeStream(side: Side): void {
    this.defer(() => this.http.reset(side === 'request' ? 'wasm_close_stream' : undefined));
  }

  localReply(reply: LocalReply): void {
    if (this.logging) throw this.crash('proxy_send_local_response in proxy_on_log');
    this.defer(() => {
      if (this.#answeredDirectly) throw this.crash('a second proxy_send_local_response in a callback of the response');
      if (this.#inRequest) this.#prepared ??= reply;
      else {
        this.#answeredDirectly = this.http.responseStarted;
        this.http.localReply(reply);
      }
    });
  }

  private crash(what: string): SimulatorError {
    const details = this.http.trace.lines;
    return new SimulatorError('envoy_crash', `${what}: Envoy 1.40 dies of it (segmentation fault)`, { details });
  }

  private side(side: Side): PassFilter {
    const settled = <V>(callback: () => V): V => {
      this.#inRequest = side === 'request';
      const verdict = callback();
      this.#inRequest = false;
      const reply = this.#prepared;
      this.#prepared = undefined;
      if (reply) this.http.localReply(reply);
      return verdict;
    };
    return {
      headers: (headers, end) => settled(() => this.onHeaders(side, headers, end)),
      data: (body, end) => settled(() => this.onData(side, body, end)),
      trailers: (trailers) => settled(() => this.onTrailers(side, trailers)),
    };
  }

  private onHeaders(side: Side, headers: HeaderMap, end: boolean): HeadersVerdict {
    if (side === 'request') {
      if (this.handle === 'closed' || this.handle.vm.failed) return this.failStream('stop-all-watermark');
      // The map can be read in proxy_on_context_create already.
      this.#views.request.headers = headers;
      const { vm, root } = this.handle;
      this.#context = vm.createContext(root.plugin, this, root.id);
    }
    if (!this.#context || this.#failed) return 'continue';
    const view = this.#views[side];
    view.headers = headers;
    this.#endOfStream = end;
    const result = this.callback(`proxy_on_${side}_headers`, headers.entries.length, end ? 1 : 0);
    if (result === 'failed') return 'stop-all-watermark';
    const verdict = this.headersVerdict(result);
    if (verdict === 'continue') view.headers = undefined;
    return verdict;
  }

  private onData(side: Side, body: Body, end: boolean): DataVerdict {
    if (!this.#context || this.#failed) return 'continue';
    const view = this.#views[side];
    // Envoy: the piece joins what is held before the filter is asked. If that is too much, a request is refused after the
    // filter was asked, a response before.
    if (view.buffering && !this.pass(side).hold(body, side === 'request')) return 'drop';
    view.body = body;
    this.#endOfStream = end;
    this.#context.buffer = this.body(side);
    const result = this.callback(`proxy_on_${side}_body`, this.#context.buffer?.length ?? 0, end ? 1 : 0);
    view.buffering = false;
    if (result === 'failed' || this.pass(side).refuse()) return 'drop';
    const verdict = result === 'stop' ? 'drop' : (DATA_ACTIONS[result] ?? 'drop');
    if (verdict === 'continue') view.body = undefined;
    else view.buffering = verdict === 'buffer';
    return verdict;
  }

  private onTrailers(side: Side, trailers: HeaderMap): TrailersVerdict {
    if (!this.#context || this.#failed) return 'continue';
    const view = this.#views[side];
    view.trailers = trailers;
    const result = this.callback(`proxy_on_${side}_trailers`, trailers.entries.length);
    if (result !== 0) return 'stop';
    view.trailers = undefined;
    return 'continue';
  }

  /** What the callback returned (0 when it is not exported); `stop` when a reply was made in it, `failed` when it trapped. */
  private callback(name: string, ...args: number[]): number | 'stop' | 'failed' {
    const { vm } = this.handle as PluginHandle;
    const context = this.#context as Context;
    if (vm.failed) return this.failStream('failed');
    if (!vm.has(name)) return 0;
    let stop = false;
    vm.stopNext = false;
    vm.onReturn(() => {
      stop = vm.stopNext;
      vm.stopNext = false;
    });
    const result = vm.call(context, name, context.id, ...args);
    if (vm.failed) return this.failStream('failed');
    return stop ? 'stop' : (result ?? 0);
  }

  private headersVerdict(result: number | 'stop'): HeadersVerdict {
    if (result === 'stop') return 'stop-all-watermark';
    if (result === HeadersAction.Continue || result === HeadersAction.ContinueAndEndStream) return 'continue';
    const { plugin } = this.#context as Context;
    if (result === HeadersAction.StopIteration && plugin.allowOnHeadersStopIteration) return 'stop';
    return result === HeadersAction.StopAllIterationAndBuffer ? 'stop-all-buffer' : 'stop-all-watermark';
  }

  /** What a callback that did not let it go has left to see. */
  visibleMap(type: number): HeaderMap | undefined {
    const { request, response } = this.#views;
    return [request.headers, request.trailers, response.headers, response.trailers][type];
  }

  /** Envoy: the first write to trailers in the last body callback makes them. */
  private trailersToWrite(side: Side): HeaderMap | undefined {
    const view = this.#views[side];
    if (view.trailers || !view.body || !this.#endOfStream) return view.trailers;
    const trailers = HeaderMap.trailers();
    view.trailers = trailers;
    this.pass(side).messageTrailers = trailers;
    if (side === 'response') this.info.responseTrailers = trailers;
    return trailers;
  }

  private pass(side: Side): Pass {
    return side === 'request' ? this.http.request : this.http.response;
  }

  /** Envoy: continuing either direction takes the request away from the filter. */
  private forgetRequest(): void {
    const view = this.#views.request;
    view.headers = undefined;
    view.body = undefined;
    view.trailers = undefined;
  }

  private failStream<T>(verdict: T): T {
    if (!this.#failed) {
      this.#failed = true;
      const reply = plainReply(503, 'wasm_fail_stream');
      // Before a reply that the same callback made.
      if (this.#inRequest) this.#prepared = reply;
      else this.http.localReply(reply);
    }
    return verdict;
  }

  private defer(action: () => void): void {
    if (this.handle !== 'closed') this.handle.vm.defer(action);
  }
}
