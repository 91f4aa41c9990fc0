import { acceptRequest, type ConnectionManagerOptions } from '../http/connection-manager.js';
import { HeaderMap } from '../http/header-map.js';
import { HttpStream, type StreamEnds } from '../http/http-stream.js';
import { plainReply } from '../http/local-reply.js';
import { beginStream, type StreamInfo } from '../http/stream-info.js';
import type { Trace } from '../http/trace.js';
import type { HostServices } from '../vm/host-services.js';
import type { PluginHandle, PluginRuntime } from '../vm/plugin-runtime.js';
import { headerList, type RequestInput } from './request.js';

export interface StreamSetting {
  services: HostServices;
  chain: readonly Pick<PluginRuntime, 'take'>[];
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

/** A request id that is the same in every run: the words of a generator (splitmix32) that the count seeds. */
function requestIdOf(count: number): string {
  let state = count;
  const word = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0).toString(16).padStart(8, '0');
  };
  const [a, b, c, d] = [word(), word(), word(), word()];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
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
  const info = beginStream({
    clock: services.clock,
    protocol: 'HTTP/1.1',
    peer: input.peer ?? PEER_DEFAULT,
    local: LOCAL,
    connectionId,
    requestHeaders: headers,
    listener: { direction: INBOUND, filterChainName: '' },
    overrides: setting.properties,
  });
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
  // A body in pieces, or one that the test goes on with, is chunked and has no length. Characters are bytes.
  const known = !Array.isArray(input.body) && !input.open && !input.trailers;
  const size = known ? (input.body?.length ?? 0) : 0;
  if (size > 0 && !headers.has('content-length')) headers.add('content-length', String(size));
  return headers;
}
