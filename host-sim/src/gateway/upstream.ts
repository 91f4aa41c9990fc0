import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { HeaderMap } from '../http/header-map.js';
import { type LocalReply, plainReply } from '../http/local-reply.js';
import { ResponseFlag, type StreamInfo } from '../http/stream-info.js';
import type { Cluster } from './cluster.js';
import { needsContentLength } from './head.js';
import type { Endpoint } from './plan.js';

/** Opens the request to an endpoint with exactly the headers that the filters left, none of node's own. */
export function openUpstream(
  cluster: Cluster,
  endpoint: Endpoint,
  headers: HeaderMap,
  endStream: boolean,
): ClientRequest {
  const method = headers.first(':method') ?? '';
  const request = httpRequest({
    host: endpoint.address,
    port: endpoint.port,
    method,
    path: headers.first(':path'),
    agent: cluster.agent,
    setHost: false,
    timeout: cluster.plan.connectTimeoutMs,
  });
  request.removeHeader('connection');
  const authority = headers.first(':authority');
  if (authority !== undefined) request.setHeader('host', authority);
  for (const name of new Set(headers.entries.map(([key]) => key)))
    if (!name.startsWith(':')) request.setHeader(name, headers.all(name));
  if (endStream) {
    if (!headers.has('content-length') && needsContentLength(method)) request.setHeader('content-length', '0');
    else if (!headers.has('content-length')) request.removeHeader('transfer-encoding');
  } else if (!headers.has('content-length')) request.setHeader('transfer-encoding', 'chunked');
  // node refuses to announce trailers of a body with a length; Envoy does not pass trailers on HTTP/1 either.
  request.removeHeader('trailer');
  return request;
}

/** The upstream's head as the router hands it to the filters. */
export function readUpstreamHead(message: IncomingMessage, head: boolean): { headers: HeaderMap; endStream: boolean } {
  const headers = HeaderMap.response([[':status', String(message.statusCode)]]);
  for (let i = 0; i < message.rawHeaders.length; i += 2)
    headers.add(message.rawHeaders[i] as string, message.rawHeaders[i + 1] as string);
  headers.remove('keep-alive');
  const status = message.statusCode ?? 0;
  const empty = head || status === 204 || status === 304;
  return { headers, endStream: empty || headers.first('content-length') === '0' };
}

const RESET = 'upstream connect error or disconnect/reset before headers. reset reason: ';
const ERRNO_TEXT: Record<string, string> = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
};

/** Why a callout has no answer, in Envoy's words. */
export function failureText(error: NodeJS.ErrnoException): string {
  if (error.code?.startsWith('HPE_')) return `${RESET}protocol error`;
  return `${RESET}${error.syscall === 'connect' ? 'remote connection failure' : 'connection termination'}`;
}

/** Envoy's answer where there is nobody to ask. */
export function noEndpoint(info: StreamInfo): LocalReply {
  info.responseFlags |= ResponseFlag.noHealthyUpstream;
  return plainReply(503, 'no_healthy_upstream', 'no healthy upstream');
}

/** Envoy's answer to an upstream that failed before it answered. */
export function failedUpstream(error: NodeJS.ErrnoException, info: StreamInfo): LocalReply {
  const code = error.code ?? '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return noEndpoint(info);
  if (code.startsWith('HPE_')) {
    info.responseFlags |= ResponseFlag.upstreamProtocolError;
    return plainReply(502, 'upstream_reset_before_response_started{protocol_error}', `${RESET}protocol error`);
  }
  if (error.syscall === 'connect') {
    info.responseFlags |= ResponseFlag.upstreamConnectionFailure;
    const reason = `delayed connect error: ${ERRNO_TEXT[code] ?? code}`;
    if (info.upstream) info.upstream.failureReason = reason;
    const details = `upstream_reset_before_response_started{remote_connection_failure|${reason.replaceAll(' ', '_')}}`;
    return plainReply(503, details, `${RESET}remote connection failure`);
  }
  info.responseFlags |= ResponseFlag.upstreamConnectionTermination;
  return plainReply(
    503,
    'upstream_reset_before_response_started{connection_termination}',
    `${RESET}connection termination`,
  );
}

/** Envoy's answer to a connection that does not come about in the cluster's connect_timeout. */
export function connectTimeout(info: StreamInfo): LocalReply {
  info.responseFlags |= ResponseFlag.upstreamConnectionFailure;
  return plainReply(503, 'upstream_reset_before_response_started{connection_timeout}', `${RESET}connection timeout`);
}
