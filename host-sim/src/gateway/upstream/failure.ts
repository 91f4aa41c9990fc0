import { type LocalReply, plainReply } from '../../http/local-reply.js';
import { ResponseFlag, type StreamInfo } from '../../http/stream-info.js';
import type { UpstreamFailure } from './stream.js';

const RESET = 'upstream connect error or disconnect/reset before headers. ';
const FIRST = 'reset reason: ';
const AGAIN = 'retried and the latest reset reason: ';
const REASONS: Record<UpstreamFailure['kind'], { text: string; details: string; flag: number; status: number }> = {
  connect: {
    text: 'remote connection failure',
    details: 'remote_connection_failure',
    flag: ResponseFlag.upstreamConnectionFailure,
    status: 503,
  },
  'connect-timeout': {
    text: 'connection timeout',
    details: 'connection_timeout',
    flag: ResponseFlag.upstreamConnectionFailure,
    status: 503,
  },
  protocol: {
    text: 'protocol error',
    details: 'protocol_error',
    flag: ResponseFlag.upstreamProtocolError,
    status: 502,
  },
  reset: { text: 'remote reset', details: 'remote_reset', flag: ResponseFlag.upstreamRemoteReset, status: 503 },
  'refused-stream': {
    text: 'remote refused stream reset',
    details: 'remote_refused_stream_reset',
    flag: ResponseFlag.upstreamRemoteReset,
    status: 503,
  },
  termination: {
    text: 'connection termination',
    details: 'connection_termination',
    flag: ResponseFlag.upstreamConnectionTermination,
    status: 503,
  },
  'no-host': { text: '', details: '', flag: ResponseFlag.noHealthyUpstream, status: 503 },
};
const ERRNO_TEXT: Record<string, string> = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
};

/** Envoy's words for it: the text of its answer, and the details. */
export function failureWords(failure: UpstreamFailure, again = false): { text: string; details: string } {
  if (failure.kind === 'no-host') return { text: 'no healthy upstream', details: 'no_healthy_upstream' };
  const { text, details } = REASONS[failure.kind];
  const why = failure.kind === 'connect' ? `${details}|${connectError(failure).replaceAll(' ', '_')}` : details;
  return {
    text: `${RESET}${again ? AGAIN : FIRST}${text}`,
    details: `upstream_reset_before_response_started{${why}}`,
  };
}

/** The same for an answer that had begun. */
export const failureDetails = ({ kind }: UpstreamFailure): string => REASONS[kind].details;

/** Envoy's answer where there is nobody to ask. */
export function noEndpoint(info: StreamInfo): LocalReply {
  info.responseFlags |= ResponseFlag.noHealthyUpstream;
  return plainReply(503, 'no_healthy_upstream', 'no healthy upstream');
}

/** Envoy's answer to an upstream that failed before it answered. */
export function failedUpstream(failure: UpstreamFailure, info: StreamInfo): LocalReply {
  if (failure.kind === 'no-host') return noEndpoint(info);
  const { status, flag } = REASONS[failure.kind];
  info.responseFlags |= flag;
  if (failure.kind === 'connect' && info.upstream) info.upstream.failureReason = connectError(failure);
  const { text, details } = failureWords(failure, info.upstreamAttempts > 1);
  return plainReply(status, details, text);
}

const connectError = ({ code }: UpstreamFailure): string => `delayed connect error: ${ERRNO_TEXT[code] ?? code}`;
