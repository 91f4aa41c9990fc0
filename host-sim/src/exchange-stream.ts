import { createHash } from 'node:crypto';
import { SimulatorError } from './errors.js';
import type { RequestInput } from './exchange.js';
import { acceptRequest, type ConnectionManagerOptions } from './http/connection-manager.js';
import { isGrpcRequest } from './http/grpc-status.js';
import { HeaderMap } from './http/header-map.js';
import { HttpStream, type StreamEnds } from './http/http-stream.js';
import { plainReply } from './http/local-reply.js';
import type { StreamInfo } from './http/stream-info.js';
import type { Trace } from './http/trace.js';
import { bodyPieces } from './response.js';
import type { HostServices } from './vm/host-services.js';
import type { PluginHandle, PluginRuntime } from './vm/plugin-runtime.js';

export interface StreamSetting {
  services: HostServices;
  chain: readonly PluginRuntime[];
  worker: string;
  connection: ConnectionManagerOptions;
  properties: ReadonlyMap<string, Uint8Array>;
  connectionId: number;
  bufferLimitBytes?: number;
  /** False: no conversation is kept. */
  tracing?: boolean;
}

export const PEER_DEFAULT = '203.0.113.1:40000';
export const LOCAL = '192.0.2.1:8080';
export const INBOUND = 1;

export function headerList(headers: RequestInput['headers']): [string, string][] {
  const list = Array.isArray(headers)
    ? headers
    : Object.entries(headers ?? {}).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      );
  for (const [name, value] of list) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes are what is checked
    if (/[^\x00-\xff]/.test(name + value))
      throw new SimulatorError(
        'bad_input',
        `header ${name}: characters are bytes; encode text beyond latin1 as UTF-8 first`,
      );
  }
  return list;
}

/** A request id that is the same in every run. */
function requestIdOf(count: number): string {
  const hex = createHash('sha256').update(`request ${count}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The stream of a test's request, and what starts it. */
export function openStream(
  input: RequestInput & { open?: boolean },
  setting: StreamSetting,
  trace: Trace,
  end: boolean,
  ends: Omit<StreamEnds, 'selectRoute'>,
): { info: StreamInfo; stream: HttpStream; start: () => void } {
  const { services, connection, connectionId } = setting;
  const headers = requestHead(input);
  const info: StreamInfo = {
    startWallNs: services.clock.wallNs(),
    startMonotonicNs: services.clock.monotonicNs(),
    protocol: 'HTTP/1.1',
    peer: input.peer ?? PEER_DEFAULT,
    local: LOCAL,
    connectionId,
    upstreamAttempts: 0,
    responseFlags: 0,
    requestBytes: 0,
    responseBytes: 0,
    grpc: isGrpcRequest(headers),
    head: headers.first(':method') === 'HEAD',
    requestHeaders: headers,
    filterState: new Map(),
    objects: new Map(),
    listener: { direction: INBOUND, filterChainName: '' },
    overrides: setting.properties,
  };
  const handles = setting.chain
    .map((plugin) => plugin.take(setting.worker))
    .filter((handle): handle is PluginHandle | 'closed' => handle !== 'open');
  const selectRoute = () => ({ clusterName: 'upstream', virtualHostName: 'upstream', routeName: '' });
  const stream = new HttpStream(
    { ...ends, selectRoute },
    info,
    trace,
    services.clock,
    handles,
    setting.bufferLimitBytes,
  );
  const start = () => {
    const refusal = acceptRequest(headers, info.peer, connection, () => requestIdOf(connectionId));
    if (refusal) stream.localReply(plainReply(refusal.status, refusal.details));
    else stream.start(headers, end);
  };
  return { info, stream, start };
}

function requestHead(input: RequestInput & { open?: boolean }): HeaderMap {
  const headers = HeaderMap.request([
    [':authority', input.authority ?? 'localhost'],
    [':path', input.path ?? '/'],
    [':method', input.method ?? 'GET'],
    [':scheme', 'http'],
    ...headerList(input.headers),
  ]);
  const size = bodyPieces(input.body).reduce((sum, piece) => sum + piece.length, 0);
  // A body in pieces, or one that the test goes on with, is chunked and has no length.
  const known = !Array.isArray(input.body) && !input.open && !input.trailers;
  if (size > 0 && known && !headers.has('content-length')) headers.add('content-length', String(size));
  return headers;
}
