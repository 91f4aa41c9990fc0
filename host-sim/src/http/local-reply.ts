import { encodeGrpcMessage, grpcStatusFromHttp } from './grpc-status.js';
import { type HeaderEntry, HeaderMap } from './header-map.js';

/** An answer that does not come from the upstream. */
export interface LocalReply {
  status: number;
  details: string;
  body: string;
  headers: readonly HeaderEntry[];
  /** -1, or anything that is no gRPC status: take it from the HTTP status. */
  grpcStatus: number;
  /** Changes the head, before it is made fit for this kind of client. */
  modify?: (headers: HeaderMap) => void;
}

export const plainReply = (status: number, details: string, body = ''): LocalReply => ({
  status,
  details,
  body,
  headers: [],
  grpcStatus: -1,
});

const GRPC_STATUS_MAX = 16;

/** Envoy's sendLocalReply: the head and the body that a client of this kind gets. */
export function renderLocalReply(
  reply: LocalReply,
  client: { grpc: boolean; head: boolean },
  /** What the route does to answers that are not its own; the reply's own headers come on top. */
  finish?: (headers: HeaderMap) => void,
): { headers: HeaderMap; body: string } {
  const headers = HeaderMap.response([[':status', String(reply.status)]]);
  finish?.(headers);
  for (const [name, value] of reply.headers) if (!name.startsWith(':')) headers.add(name, value);
  reply.modify?.(headers);
  if (client.grpc) {
    const known = reply.grpcStatus >= 0 && reply.grpcStatus <= GRPC_STATUS_MAX;
    headers.set(':status', '200');
    headers.set('content-type', 'application/grpc');
    headers.set('grpc-status', String(known ? reply.grpcStatus : grpcStatusFromHttp(reply.status)));
    if (reply.body !== '' && !client.head) headers.set('grpc-message', encodeGrpcMessage(reply.body));
    return { headers, body: '' };
  }
  if (reply.body === '') {
    headers.remove('content-length');
    headers.remove('content-type');
  } else {
    headers.set('content-length', String(reply.body.length));
    if (!headers.has('content-type')) headers.set('content-type', 'text/plain');
  }
  return { headers, body: client.head ? '' : reply.body };
}
