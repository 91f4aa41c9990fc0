import { HeaderMap } from '../http/header-map.js';
import { type CalloutAnswer, type CalloutClient, type CalloutRequest, failedCallout } from '../vm/callouts.js';
import { headerList } from './request.js';
import { type BodyInput, bodyPieces, UpstreamRequest } from './response.js';
import { TestClusters } from './test-clusters.js';

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

/** The clusters that the filters' HTTP calls go to. */
export class HostCallouts extends TestClusters<CalloutHandler> implements CalloutClient {
  send(request: CalloutRequest, answered: (answer: CalloutAnswer) => void): () => void {
    const whole = (answer: CalloutResponse | number) => (typeof answer === 'number' ? { status: answer } : answer);
    return this.ask(request.cluster, (handler) => handler(asUpstreamRequest(request)), {
      delayOf: (answer) => whole(answer).delay,
      answered: (answer) => answered(asAnswer(whole(answer))),
    });
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
