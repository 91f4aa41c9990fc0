import { grpcStatusFromHttp } from '../http/grpc-status.js';
import { HeaderMap } from '../http/header-map.js';
import { type GrpcEnd, GrpcStatus } from './grpc.js';

const STATUS_MAX = 16;
/** Envoy: a status that is none of gRPC's is -1. */
const INVALID = 0xffffffff;
/** Envoy: whose word it is. Where there is no message it stands alone. */
const VIA_UPSTREAM = 'via_upstream';

/** The end of which a server told, in the trailers or in an answer of trailers alone. */
export function toldEnd(trailers: HeaderMap): GrpcEnd {
  const status = trailers.first('grpc-status');
  const message = trailers.first('grpc-message');
  return {
    status: status === undefined ? GrpcStatus.Unknown : readStatus(status),
    message: message ? `${message}{${VIA_UPSTREAM}}` : VIA_UPSTREAM,
    trailers,
  };
}

/** The end for want of gRPC in an answer of plain HTTP. */
export function plainHttpEnd(httpStatus: number): GrpcEnd {
  return { status: grpcStatusFromHttp(httpStatus), message: VIA_UPSTREAM };
}

/** What has come from the server is no message of gRPC (Internal), or ends without a word about it (Unknown). */
export function brokenEnd(status: number): GrpcEnd {
  return { status, message: VIA_UPSTREAM };
}

/** The answer never began. Envoy: its own answer is one of trailers alone, with this text. */
export function unansweredEnd(text: string, details: string): GrpcEnd {
  const trailers = HeaderMap.trailers([
    [':status', '200'],
    ['content-type', 'application/grpc'],
    ['grpc-status', String(GrpcStatus.Unavailable)],
    ...(text ? [['grpc-message', text] as const] : []),
  ]);
  return { status: GrpcStatus.Unavailable, message: text ? `${text}{${details}}` : details, trailers };
}

/** The answer had begun. */
export function cutEnd(details: string): GrpcEnd {
  return { status: GrpcStatus.Internal, message: `upstream_reset_after_response_started{${details}}` };
}

function readStatus(written: string): number {
  const status = /^\d+$/.test(written) ? Number(written) : INVALID;
  return status <= STATUS_MAX ? status : INVALID;
}
