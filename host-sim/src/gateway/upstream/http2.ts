import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { HeaderMap } from '../../http/header-map.js';
import { RESPONSE_HEADER_BYTES_MAX, RESPONSE_HTTP2_HEADER_BYTES_MAX } from '../../limits.js';
import { socketAddress } from '../address.js';
import { asBody } from '../body-source.js';
import { fieldsOf, pairsOf } from '../http2-fields.js';
import type { Endpoint } from '../plan/plan.js';
import type { Cluster } from './cluster.js';
import {
  failureOf,
  type UpstreamEvents,
  type UpstreamFailure,
  type UpstreamRequest,
  type UpstreamStream,
} from './stream.js';

const { NGHTTP2_FLAG_END_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

export function openHttp2(
  { cluster, endpoint, headers, endStream }: UpstreamRequest,
  events: UpstreamEvents,
): UpstreamStream {
  const session = sessionTo(cluster, endpoint);
  // Throws where there are headers that HTTP/2 does not carry.
  const stream = session.request(fieldsOf(headers), { endStream, waitForTrailers: !endStream });
  let over = false;
  let connected = !session.connecting;
  const fail = (failure: UpstreamFailure) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    events.failed(failure, false);
  };
  const timer = setTimeout(() => {
    fail({ kind: 'connect-timeout', code: '' });
    stream.close();
    if (!connected) session.destroy();
  }, cluster.plan.connectTimeoutMs).unref();
  const ready = () => {
    connected = true;
    clearTimeout(timer);
    events.connected(socketAddress(session.socket.localAddress, session.socket.localPort));
  };
  let trailersToSend: HeaderMap | undefined;
  stream.once('wantTrailers', () => stream.sendTrailers(trailersToSend ? fieldsOf(trailersToSend) : {}));
  if (connected) ready();
  else session.once('connect', ready);
  // A session that fails takes its streams along; the session's own error says why.
  const sessionFailed = (error: NodeJS.ErrnoException) => fail(failureOf(error));
  session.once('error', sessionFailed);
  const body = asBody(stream);
  let answered = false;
  stream.on('response', (_head, flags, raw?: string[]) => {
    answered = true;
    const whole = (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
    const pairs = pairsOf(raw ?? []);
    if (pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0) > RESPONSE_HTTP2_HEADER_BYTES_MAX) {
      fail({ kind: 'reset', code: '' });
      stream.close(NGHTTP2_INTERNAL_ERROR);
    }
    if (!over) events.response(HeaderMap.response(pairs), whole, body);
  });
  stream.on('trailers', (_head, _flags, raw?: string[]) => body.rawTrailers.push(...(raw ?? [])));
  // Node reads a reset without an error as an end. Closed already: it was none.
  stream.on('end', () => {
    body.cut = stream.closed;
    if (body.cut) setImmediate(() => fail(resetOf(session, stream)));
  });
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The session may know better why.
    setImmediate(() => fail(connected ? resetOf(session, stream) : failureOf(error)));
  });
  stream.on('close', () => {
    setImmediate(() => {
      if (!answered || stream.rstCode !== NGHTTP2_NO_ERROR) fail(resetOf(session, stream));
      session.off('error', sessionFailed);
    });
  });
  return {
    write: (bytes) => stream.write(bytes),
    end: (map) => {
      trailersToSend = map;
      stream.end();
    },
    onceDrained: (action) => stream.once('drain', action),
    destroy: () => {
      over = true;
      clearTimeout(timer);
      // What was written before still goes, as in Envoy; node would drop it, and takes two turns to write an end.
      setImmediate(() => setImmediate(() => stream.close(NGHTTP2_INTERNAL_ERROR)));
    },
  };
}

function resetOf(session: ClientHttp2Session, stream: ClientHttp2Stream): UpstreamFailure {
  if (session.destroyed) return { kind: 'termination', code: '' };
  return { kind: stream.rstCode === NGHTTP2_REFUSED_STREAM ? 'refused-stream' : 'reset', code: String(stream.rstCode) };
}

/** One connection to each endpoint, as long as it lives. */
function sessionTo(cluster: Cluster, { address, port }: Endpoint): ClientHttp2Session {
  const host = address.includes(':') ? `[${address}]` : address;
  const origin = `http://${host}:${port}`;
  const known = cluster.sessions.get(origin);
  if (known && !known.closed && !known.destroyed) return known;
  // Without a setting node ends the whole connection over a head of 64 KiB, where Envoy resets one stream.
  const session = connect(origin, { settings: { maxHeaderListSize: RESPONSE_HEADER_BYTES_MAX * 4 } });
  session.on('error', () => {});
  session.setMaxListeners(0);
  // An idle connection keeps no process alive.
  session.once('connect', () => session.unref());
  session.once('close', () => {
    if (cluster.sessions.get(origin) === session) cluster.sessions.delete(origin);
  });
  cluster.sessions.set(origin, session);
  return session;
}
