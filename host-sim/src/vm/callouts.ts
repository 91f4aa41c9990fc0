import { type HeaderEntry, HeaderMap } from '../http/header-map.js';
import type { Context } from './context.js';
import type { Vm } from './vm.js';

/** A request that a filter sends on its own account. */
export interface CalloutRequest {
  cluster: string;
  headers: HeaderEntry[];
  body: Uint8Array;
  trailers: HeaderEntry[];
}

/** Whole, as Envoy hands it to the filter; failures are answers too, with a status and a text. */
export interface CalloutAnswer {
  headers: HeaderMap;
  body: Uint8Array;
  trailers?: HeaderMap;
}

/** Who carries callouts out. */
export interface CalloutClient {
  has(cluster: string): boolean;
  /** The answer may come at once; the function calls the request off. */
  send(request: CalloutRequest, answered: (answer: CalloutAnswer) => void): () => void;
}

/** Envoy's own ids of callouts: a multiple of four for HTTP, so that gRPC calls (1) and streams (2) are told apart. */
const TOKEN_STEP = 4;

/** The HTTP calls of one VM that have no answer yet. They belong to a root context, not to the stream that made them. */
export class Callouts {
  /** The answer that can be read now. */
  current: CalloutAnswer | undefined;
  readonly #open = new Map<number, () => void>();
  #tokenLast = 0;

  constructor(private readonly vm: Vm) {}

  start(root: Context, request: CalloutRequest, timeoutMs: number, timedOut: () => CalloutAnswer): number {
    const caller = this.vm.current();
    this.#tokenLast += TOKEN_STEP;
    const token = this.#tokenLast;
    const { clock } = this.vm.host;
    const finish = (answer: CalloutAnswer) => {
      if (!this.#open.delete(token)) return;
      cancelTimeout();
      this.deliver(root, caller, token, answer);
    };
    // Envoy: 0 is no timeout.
    const cancelTimeout =
      timeoutMs === 0
        ? () => {}
        : clock.after(timeoutMs, () => {
            cancelRequest();
            finish(timedOut());
          });
    let cancelRequest = () => {};
    this.#open.set(token, () => {
      cancelTimeout();
      cancelRequest();
    });
    cancelRequest = this.vm.host.callouts.send(request, finish);
    return token;
  }

  /** The roots are gone: no answer is told any more. */
  cancelAll(): void {
    for (const cancel of this.#open.values()) cancel();
    this.#open.clear();
  }

  private deliver(root: Context, caller: Context, token: number, answer: CalloutAnswer): void {
    this.vm.enter(() => {
      this.current = answer;
      this.vm.onBehalfOf = caller;
      const sizes = [answer.headers.entries.length, answer.body.length, answer.trailers?.entries.length ?? 0];
      try {
        this.vm.call(root, 'proxy_on_http_call_response', root.id, token, ...sizes);
      } finally {
        this.current = undefined;
        this.vm.onBehalfOf = undefined;
      }
    });
  }
}

/** Envoy's own answer, to a filter as to a client. */
export function failedCallout(status: number, text: string): CalloutAnswer {
  const headers = HeaderMap.response([
    [':status', String(status)],
    ['content-length', String(text.length)],
    ['content-type', 'text/plain'],
  ]);
  return { headers, body: Buffer.from(text, 'latin1') };
}
