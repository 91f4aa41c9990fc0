import { HeaderMap } from '../http/header-map.js';
import type { GrpcClient, GrpcConnection, GrpcEvents, GrpcRequest } from '../vm/grpc.js';
import { GrpcStatus } from '../vm/grpc.js';
import { cutEnd, plainHttpEnd, toldEnd, unansweredEnd } from '../vm/grpc-end.js';
import { headerList } from './request.js';
import { TestClusters } from './test-clusters.js';

type Metadata = Record<string, string | string[]> | [string, string][];
type Message = string | Uint8Array;

/** What a test answers a gRPC call with, once. */
export interface GrpcResponse {
  initialMetadata?: Metadata;
  /** One for a call, any number for a stream; serialized messages, without gRPC's frame. */
  messages?: Message[];
  /** Default 0, OK. */
  status?: number;
  message?: string;
  trailers?: Metadata;
  /** By the host's clock. */
  delay?: string | number;
  /** Instead of an answer: the server's connection is refused, breaks, or resets the stream; or plain HTTP comes back. */
  failure?: 'refused' | 'broken' | 'reset' | 'refused_stream' | { httpStatus: number };
}

const UNSTARTED = 'upstream connect error or disconnect/reset before headers. reset reason: ';
const FAILURES = {
  refused: ['remote connection failure', 'remote_connection_failure|delayed_connect_error:_Connection_refused'],
  broken: ['connection termination', 'connection_termination'],
  reset: ['remote reset', 'remote_reset'],
  refused_stream: ['remote refused stream reset', 'remote_refused_stream_reset'],
} as const;

const bytesOf = (message: Message): Uint8Array => Buffer.from(message as string, 'latin1');

/**
 * A gRPC call or stream of a filter, seen from its server. A handler answers it at once with what it returns, or keeps it
 * and talks when the test wants.
 */
export class GrpcCall {
  readonly service: string;
  readonly method: string;
  readonly authority: string;
  /** All headers without the pseudo headers, as Envoy sends them. */
  readonly metadata: [string, string][];
  /** The filter's messages so far. */
  readonly messages: Uint8Array[] = [];
  /** The filter has sent its last message. */
  ended = false;
  /** The filter, or its timeout, called it off. */
  cancelled = false;
  onMessage: (message: Uint8Array) => void = () => {};
  onEnd: () => void = () => {};
  onCancel: () => void = () => {};
  #headed = false;
  #over = false;

  constructor(
    request: GrpcRequest,
    private readonly events: GrpcEvents,
  ) {
    const map = HeaderMap.request(request.headers);
    [, this.service = '', this.method = ''] = (map.first(':path') ?? '').split('/');
    this.authority = map.first(':authority') ?? '';
    this.metadata = map.entries.filter(([name]) => !name.startsWith(':')).map(([name, value]) => [name, value]);
  }

  /** Sends the head of the answer; `send` does where it was not done. */
  head(metadata: Metadata = {}): this {
    if (this.#over || this.#headed) return this;
    this.#headed = true;
    this.events.initialMetadata(
      HeaderMap.response([
        [':status', '200'],
        ['content-type', 'application/grpc'],
        ...headerList(metadata),
        // Envoy: only where the request was at its end.
        ...(this.ended ? [['x-envoy-upstream-service-time', '0'] as [string, string]] : []),
      ]),
    );
    return this;
  }

  send(message: Message): this {
    if (this.#over) return this;
    this.head();
    this.events.message(bytesOf(message));
    return this;
  }

  /** The end, with a status; before the head an answer of trailers alone. null: without a status. */
  end(status: number | null = GrpcStatus.Ok, message = '', trailers: Metadata = {}): void {
    const written: [string, string][] = [
      ...(status === null ? [] : [['grpc-status', String(status)] as [string, string]]),
      ...(message ? [['grpc-message', message] as [string, string]] : []),
      ...headerList(trailers),
    ];
    const head: [string, string][] = [
      [':status', '200'],
      ['content-type', 'application/grpc'],
    ];
    this.over(toldEnd(HeaderMap.trailers(this.#headed ? written : [...head, ...written])));
  }

  fail(failure: NonNullable<GrpcResponse['failure']>): void {
    if (typeof failure === 'object') {
      this.over(plainHttpEnd(failure.httpStatus));
      return;
    }
    const [reason, detail] = FAILURES[failure];
    if (this.#headed) this.over(cutEnd(detail));
    else this.over(unansweredEnd(`${UNSTARTED}${reason}`, `upstream_reset_before_response_started{${detail}}`));
  }

  /** Does all of an answer. */
  respond({ initialMetadata, messages, status, message, trailers, failure }: GrpcResponse): void {
    if (failure && !initialMetadata && !messages) {
      this.fail(failure);
      return;
    }
    if (initialMetadata || messages) this.head(initialMetadata);
    for (const one of messages ?? []) this.send(one);
    if (failure) this.fail(failure);
    else this.end(status, message, trailers);
  }

  private over(end: Parameters<GrpcEvents['end']>[0]): void {
    if (this.#over) return;
    this.#over = true;
    this.events.end(end);
  }
}

export type GrpcHandler = (call: GrpcCall) => GrpcResponse | undefined | Promise<GrpcResponse | undefined>;

/** The clusters that the filters' gRPC calls go to. */
export class HostGrpc extends TestClusters<GrpcHandler> implements GrpcClient {
  open(request: GrpcRequest, events: GrpcEvents): GrpcConnection {
    const call = new GrpcCall(request, events);
    const stopAnswer = this.ask(request.cluster, (handler) => handler(call), {
      delayOf: (answer) => answer?.delay,
      answered: (answer) => {
        if (answer) call.respond(answer);
      },
    });
    const end = () => {
      call.ended = true;
      call.onEnd();
    };
    return {
      send: (message, last) => {
        call.messages.push(message);
        call.onMessage(message);
        if (last) end();
      },
      close: end,
      cancel: () => {
        call.cancelled = true;
        stopAnswer();
        call.onCancel();
      },
    };
  }
}
