import { SimulatorError } from '../errors.js';
import { finishResponse } from '../http/connection-manager.js';
import { HeaderMap } from '../http/header-map.js';
import type { HttpStream } from '../http/http-stream.js';
import { plainReply } from '../http/local-reply.js';
import type { StreamInfo } from '../http/stream-info.js';
import { Trace } from '../http/trace.js';
import type { LogLine } from '../process/log.js';
import { openStream, type StreamSetting } from './exchange-stream.js';
import { headerList, type RequestInput } from './request.js';
import { bodyPieces, SimResponse, UpstreamRequest, type UpstreamResponse } from './response.js';

export interface ExchangeSetting extends StreamSetting {
  upstream: (request: UpstreamRequest) => UpstreamResponse | number | Promise<UpstreamResponse | number>;
}

const RESET_BEFORE_HEADERS =
  'upstream connect error or disconnect/reset before headers. reset reason: connection termination';
const listed = (map: HeaderMap | undefined): [string, string][] =>
  (map?.entries ?? []).filter(([name]) => !name.startsWith(':')).map(([name, value]) => [name, value]);

/** One request from its first byte to on_delete, in the hand of a test. */
export class SimStream {
  /** What the client got, when the stream is over. It waits as long as a filter does. */
  readonly response: Promise<SimResponse>;
  readonly #trace: Trace;
  readonly #log: LogLine[] = [];
  readonly #info: StreamInfo;
  readonly #stream: HttpStream;
  readonly #stopListening: () => void;
  #resolve!: (response: SimResponse) => void;
  #reject!: (cause: unknown) => void;
  #answer: HeaderMap | undefined;
  #answerBody: Uint8Array[] = [];
  #answerTrailers: HeaderMap | undefined;
  #settled: SimResponse | undefined;
  #reset = false;
  #ended = false;
  #requestEnded = false;
  #forwarded: UpstreamRequest | undefined;

  constructor(
    input: RequestInput & { open?: boolean },
    private readonly setting: ExchangeSetting,
  ) {
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever does not look at it still gets the fault from the call that caused it.
    this.response.catch(() => {});
    this.#trace = new Trace(setting.tracing ?? true, setting.services.clock, setting.services.trace);
    this.#stopListening = setting.services.log.listen((line) => this.#log.push(line));
    const pieces = bodyPieces(input.body);
    const end = !input.open && pieces.length === 0 && input.trailers === undefined && input.resetAfter === undefined;
    const { info, stream, start } = openStream(input, setting, this.#trace, end, {
      upstream: {
        headers: (headers, last) => this.forward(headers, last),
        data: (bytes, last) => this.forwardData(bytes, last),
        trailers: (trailers) => this.askUpstream(trailers),
      },
      client: {
        headers: (headers, last) => this.respond(headers, last),
        data: (bytes, last) => {
          this.#answerBody.push(bytes);
          if (last) this.finish();
        },
        trailers: (trailers) => {
          this.#answerTrailers = trailers;
          this.finish();
        },
      },
      reset: () => this.cut(),
    });
    this.#info = info;
    this.#stream = stream;
    this.#requestEnded = end;
    this.guard(start);
    this.sendAll(input, pieces, end);
  }

  /** Sends a piece of the body. */
  send(piece: string | Uint8Array, options: { end?: boolean } = {}): this {
    this.need();
    this.#requestEnded = options.end ?? false;
    const bytes = Buffer.from(piece as string, 'latin1');
    this.guard(() => this.#stream.requestData(bytes, options.end ?? false));
    return this;
  }

  /** Ends the request, with trailers or without. */
  end(trailers?: RequestInput['trailers']): this {
    if (!trailers) return this.send('', { end: true });
    this.need();
    this.#requestEnded = true;
    this.guard(() => this.#stream.requestTrailers(HeaderMap.trailers(headerList(trailers))));
    return this;
  }

  /** The client goes away. */
  reset(): this {
    this.guard(() => this.#stream.reset('downstream_remote_disconnect'));
    return this;
  }

  /** True when the stream is over: the client has the whole answer, or was cut off. */
  get over(): boolean {
    return this.#ended;
  }

  /** The same as soon as the stream is over, for whoever cannot wait. */
  get answer(): SimResponse | undefined {
    return this.#settled;
  }

  /** What happened so far: callbacks, host calls, log lines. */
  get trace(): readonly string[] {
    return this.#trace.lines;
  }

  /** The response, or an error as soon as nothing but time could bring it. */
  async settled(): Promise<SimResponse> {
    const { activity } = this.setting.services;
    while (!this.#ended && activity.pending > 0) await activity.next();
    if (!this.#ended) {
      const what = this.#stream.paused ? 'was stopped by a filter' : 'never came to its end';
      this.fault(
        new SimulatorError(
          'stream_paused',
          `the stream ${what}, and nothing but time could resume it: open() leaves that to the test`,
          { details: this.#trace.lines },
        ),
      );
    }
    return this.response;
  }

  private sendAll(input: RequestInput & { open?: boolean }, pieces: Uint8Array[], end: boolean): void {
    if (end) return;
    for (const [index, piece] of pieces.entries()) {
      if (input.resetAfter === index) break;
      if (this.#ended) return;
      this.send(piece, {
        end: !input.open && index === pieces.length - 1 && !input.trailers && input.resetAfter === undefined,
      });
    }
    if (input.resetAfter !== undefined) this.reset();
    else if (input.trailers && !this.#ended) this.end(input.trailers);
  }

  private need(): void {
    if (this.#requestEnded) throw new SimulatorError('bad_input', 'the request has already been sent to its end');
  }

  /** Whatever a filter does to end Envoy ends this stream's promise, and the call that led to it. */
  private guard(action: () => void): void {
    try {
      action();
      this.setting.services.activity.drain();
    } catch (cause) {
      this.fault(cause);
    }
  }

  private fault(cause: unknown): void {
    this.#ended = true;
    this.#stopListening();
    this.#reject(cause);
  }

  private forward(headers: HeaderMap, end: boolean): void {
    this.#info.upstreamAttempts = 1;
    const pseudo = (name: string) => headers.first(name) ?? '';
    this.#forwarded = new UpstreamRequest(
      pseudo(':method'),
      pseudo(':path'),
      pseudo(':authority'),
      listed(headers),
      '',
    );
    if (end) this.askUpstream();
  }

  private forwardData(bytes: Uint8Array, end: boolean): void {
    if (this.#forwarded) this.#forwarded.body += Buffer.from(bytes).toString('latin1');
    if (end) this.askUpstream();
  }

  private askUpstream(trailers?: HeaderMap): void {
    const request = this.#forwarded as UpstreamRequest;
    request.trailers = listed(trailers);
    this.setting.services.activity.track(
      () => (this.#stream.over || this.#stream.responseStarted ? undefined : this.setting.upstream(request)),
      (answered) => {
        if (answered !== undefined) this.receive(typeof answered === 'number' ? { status: answered } : answered);
      },
      (cause) => this.fault(cause),
    );
  }

  private receive({ status, headers = [], body, trailers, reset }: UpstreamResponse): void {
    this.#info.upstream = { address: '192.0.2.2:80', localAddress: '192.0.2.1:50000' };
    this.#info.backendLatencyNs = 0n;
    if (reset && status === undefined) {
      this.#stream.localReply(
        plainReply(503, 'upstream_reset_before_response_started{connection_termination}', RESET_BEFORE_HEADERS),
      );
      return;
    }
    const pieces = this.#info.head ? [] : bodyPieces(body);
    const map = HeaderMap.response([[':status', String(status ?? 200)], ...headerList(headers)]);
    const framed = map.has('content-length') || map.has('transfer-encoding');
    if (!framed && (Array.isArray(body) || trailers || reset)) map.add('transfer-encoding', 'chunked');
    else if (!framed) map.add('content-length', String(body?.length ?? 0));
    map.set('x-envoy-upstream-service-time', '0');
    this.#stream.upstreamResponse(map, pieces.length === 0 && !trailers && !reset);
    for (const [index, piece] of pieces.entries())
      this.#stream.upstreamData(piece, index === pieces.length - 1 && !trailers && !reset);
    if (reset) this.#stream.reset('upstream_reset_after_response_started{connection_termination}');
    else if (trailers) this.#stream.upstreamTrailers(HeaderMap.trailers(headerList(trailers)));
  }

  private respond(headers: HeaderMap, end: boolean): void {
    finishResponse(headers, this.setting.connection, this.setting.services.clock);
    this.#answer = headers;
    if (end) this.finish();
  }

  private cut(): void {
    this.#reset = true;
    this.finish();
  }

  private finish(): void {
    this.setting.services.activity.later(() => {
      if (this.#ended) return;
      this.#ended = true;
      try {
        this.#stream.end();
      } catch (cause) {
        this.fault(cause);
        return;
      }
      this.#stopListening();
      this.#settled = this.result();
      this.#resolve(this.#settled);
    });
  }

  private result(): SimResponse {
    const reply = this.#stream.localReplyDetails;
    return new SimResponse(
      this.#reset ? 0 : Number(this.#answer?.first(':status') ?? 0),
      listed(this.#answer),
      this.#reset ? '' : Buffer.concat(this.#answerBody).toString('latin1'),
      this.#forwarded,
      reply && { details: reply.details, grpcStatus: reply.grpcStatus },
      this.#reset,
      this.#log,
      this.#trace,
      listed(this.#answerTrailers),
    );
  }
}
