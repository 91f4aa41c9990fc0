import { toBytes } from '../bytes.js';
import type { HeaderMap } from './header-map.js';

const FROM_HTTP: Record<number, number> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 };

/** https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md; what has no line there is 2, Unknown. */
export const grpcStatusFromHttp = (status: number): number => FROM_HTTP[status] ?? 2;

/** Envoy: exactly `application/grpc` or `application/grpc+…`; with parameters, or grpc-web, it is plain HTTP. */
export function isGrpcRequest(headers: HeaderMap): boolean {
  const type = headers.first('content-type') ?? '';
  return type === 'application/grpc' || type.startsWith('application/grpc+');
}

/** Everything but printable ASCII, and the percent sign itself, as %XX. */
export function encodeGrpcMessage(message: string): string {
  return message.replace(/[^ -$&-~]/g, (char) =>
    [...toBytes(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
