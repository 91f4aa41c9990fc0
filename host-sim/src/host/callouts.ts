import { HeaderMap } from '../http/header-map.js';
import type { Clock } from '../process/clock.js';
import { parseDurationMs } from '../process/clock.js';
import { type CalloutAnswer, type CalloutClient, type CalloutRequest, failedCallout } from '../vm/callouts.js';
import type { HostServices } from '../vm/host-services.js';
import { headerList } from './request.js';
import { type BodyInput, bodyPieces, UpstreamRequest } from './response.js';

/** What a test answers a callout with; a number alone is a status. */
export interface CalloutResponse {
  status?: number;
  headers?: Record<string, string | string[]> | [string, string][];
  body?: BodyInput;
  trailers?: Record<string, string | string[]> | [string, string][];
  /** By the host's clock: a longer one than the call's timeout is a timeout. */
  delay?: string | number;
  /** There is no answer: Envoy tells the filter that the connection was refused, or broke before an answer. */
  failure?: 'refused' | 'reset';
}

export type CalloutHandler = (request: UpstreamRequest) => CalloutResponse | number | Promise<CalloutResponse | number>;

const FAILURE = 'upstream connect error or disconnect/reset before headers. reset reason: ';
const REASON = { refused: 'remote connection failure', reset: 'connection termination' } as const;

/** The clusters of a test: handlers in place of servers. */
export class HostCallouts implements CalloutClient {
  readonly #handlers = new Map<string, CalloutHandler>();

  constructor(
    private readonly clock: Clock,
    private readonly services: () => HostServices,
  ) {}

  set(cluster: string, handler: CalloutHandler): void {
    this.#handlers.set(cluster, handler);
  }

  has(cluster: string): boolean {
    return this.#handlers.has(cluster);
  }

  send(request: CalloutRequest, answered: (answer: CalloutAnswer) => void): () => void {
    const handler = this.#handlers.get(request.cluster) as CalloutHandler;
    let cancel = () => {};
    let cancelled = false;
    const { activity, fault } = this.services();
    activity.track(
      () => handler(asUpstreamRequest(request)),
      (result) => {
        if (cancelled) return;
        const response = typeof result === 'number' ? { status: result } : result;
        const delayMs = parseDurationMs(response.delay ?? 0);
        if (delayMs > 0) cancel = this.clock.after(delayMs, () => answered(asAnswer(response)));
        else answered(asAnswer(response));
      },
      fault,
    );
    return () => {
      cancelled = true;
      cancel();
    };
  }
}

function asUpstreamRequest({ headers, body, trailers }: CalloutRequest): UpstreamRequest {
  const map = HeaderMap.request(headers);
  const pseudo = (name: string) => map.first(name) ?? '';
  const ordinary = map.entries.filter(([name]) => !name.startsWith(':')).map(([n, v]): [string, string] => [n, v]);
  return new UpstreamRequest(
    pseudo(':method'),
    pseudo(':path'),
    pseudo(':authority'),
    ordinary,
    Buffer.from(body).toString('latin1'),
    trailers.map(([name, value]) => [name, value]),
  );
}

function asAnswer({ status = 200, headers, body, trailers, failure }: CalloutResponse): CalloutAnswer {
  if (failure) return failedCallout(503, `${FAILURE}${REASON[failure]}`);
  const bytes = Buffer.concat(bodyPieces(body));
  const map = HeaderMap.response([[':status', String(status)], ...headerList(headers)]);
  if (!map.has('content-length') && !map.has('transfer-encoding')) map.add('content-length', String(bytes.length));
  map.set('x-envoy-upstream-service-time', '0');
  return { headers: map, body: bytes, trailers: trailers && HeaderMap.trailers(headerList(trailers)) };
}
