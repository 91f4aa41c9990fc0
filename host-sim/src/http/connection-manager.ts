import { type BlockList, isIP } from 'node:net';
import { REQUEST_HEADER_BYTES_MAX, REQUEST_HEADERS_MAX } from '../limits.js';
import type { Clock } from '../process/clock.js';
import type { HeaderMap } from './header-map.js';
import { normalizePath, type PathOptions } from './path.js';

/** Settings of Envoy's HTTP connection manager that change what a filter sees. */
export interface ConnectionManagerOptions extends PathOptions {
  useRemoteAddress: boolean;
  skipXffAppend: boolean;
  /** Keep an x-request-id that came from outside. Envoy's default is not to, because then anybody writes into our logs. */
  preserveExternalRequestId: boolean;
  /** Peers whose x-envoy-* headers are believed. */
  internal: BlockList;
  /** The dot that ends a full name is taken off. */
  stripTrailingHostDot: boolean;
  serverName: string;
  /** What Envoy writes to x-forwarded-for for a peer on loopback: the node's own address. */
  localAddress: string;
}

/** Refused before any filter has seen it. */
export interface EarlyRefusal {
  status: number;
  details: string;
}

/**
 * What an external client may not say. Measured: those that are not here (x-envoy-attempt-count, x-envoy-foo …) pass.
 */
const INTERNAL_HEADERS: ReadonlySet<string> = new Set([
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-force-trace',
  'x-envoy-hedge-on-per-try-timeout',
  'x-envoy-internal',
  'x-envoy-ip-tags',
  'x-envoy-max-retries',
  'x-envoy-original-host',
  'x-envoy-original-path',
  'x-envoy-retriable-header-names',
  'x-envoy-retriable-status-codes',
  'x-envoy-retry-grpc-on',
  'x-envoy-retry-on',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-stream-duration-ms',
]);
/** What ends at this hop; those of an upgrade go on with it. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const HOP_BY_HOP_OF_UPGRADE: ReadonlySet<string> = new Set(['keep-alive', 'proxy-connection', 'transfer-encoding']);

/** Prepares a request's head for the filters, in place. */
export function acceptRequest(
  headers: HeaderMap,
  peer: string,
  options: ConnectionManagerOptions,
  requestId: () => string,
  /** The connection is to change its protocol: the headers that say so go on. */
  upgrade = false,
): EarlyRefusal | undefined {
  const tooLarge = headers.entries.length - 3 > REQUEST_HEADERS_MAX || headers.byteSize > REQUEST_HEADER_BYTES_MAX;
  if (tooLarge) return { status: 431, details: 'http1.headers_too_large' };
  // Before the host is looked for: `connection: host` takes it away.
  stripHopByHop(headers, upgrade);
  if (!headers.has(':authority')) return { status: 400, details: 'missing_host_header' };
  const refused = checkPath(headers, options);
  if (refused) return refused;
  if (options.stripTrailingHostDot) stripDot(headers);
  // Envoy only passes `trailers`; other codings end at this hop.
  const te = headers.first('te');
  if (te !== undefined && !te.split(',').some((coding) => coding.trim() === 'trailers')) headers.remove('te');
  else if (te !== undefined) headers.set('te', 'trailers');
  // Envoy's default for client certificates (SANITIZE): only the proxy itself says who the peer is.
  headers.remove('x-forwarded-client-cert');
  stampAddress(headers, peer, options);
  // An empty one is none.
  if (!headers.first('x-request-id') || !options.preserveExternalRequestId) headers.set('x-request-id', requestId());
  return undefined;
}

function checkPath(headers: HeaderMap, options: ConnectionManagerOptions): EarlyRefusal | undefined {
  const path = headers.first(':path');
  if (path === undefined) return undefined;
  if (!path.startsWith('/')) return { status: 404, details: 'absolute_path_rejected' };
  const normal = normalizePath(path, options);
  if (normal === undefined) return { status: 400, details: 'path_normalization_failed' };
  headers.set(':path', normal);
  return undefined;
}

/** Envoy: the last dot, where it ends the name or stands before the colon of a port. */
function stripDot(headers: HeaderMap): void {
  const authority = headers.first(':authority') ?? '';
  headers.set(':authority', authority.replace(/\.(:[^.]*)?$/, '$1'));
}

function stripHopByHop(headers: HeaderMap, upgrade: boolean): void {
  const listed = upgrade ? undefined : headers.first('connection');
  for (const token of listed?.split(',') ?? []) {
    const name = token.trim().toLowerCase();
    if (name && name !== 'close' && name !== 'te' && !name.startsWith(':')) headers.remove(name);
  }
  headers.removeAll(upgrade ? HOP_BY_HOP_OF_UPGRADE : HOP_BY_HOP);
}

function stampAddress(headers: HeaderMap, peer: string, options: ConnectionManagerOptions): void {
  if (!options.useRemoteAddress) {
    if (!headers.has('x-forwarded-proto')) headers.add('x-forwarded-proto', 'http');
    return;
  }
  const address = addressOf(peer);
  const internal = !headers.has('x-forwarded-for') && isInternal(address, options.internal);
  if (!options.skipXffAppend) headers.add('x-forwarded-for', isLoopback(address) ? options.localAddress : address);
  headers.set('x-forwarded-proto', 'http');
  if (internal) {
    headers.set('x-envoy-internal', 'true');
    return;
  }
  headers.removeAll(INTERNAL_HEADERS);
  headers.set('x-envoy-external-address', address);
}

/** Finishes a response's head on its way to the client, in place. */
export function finishResponse(
  headers: HeaderMap,
  options: ConnectionManagerOptions,
  clock: Clock,
  upgraded = false,
): void {
  headers.removeAll(upgraded ? HOP_BY_HOP_OF_UPGRADE : HOP_BY_HOP);
  if (!headers.has('date')) headers.add('date', dateOf(clock.wallNs()));
  headers.set('server', options.serverName);
}

let dated = { ns: -1n, text: '' };

/** A clock of a test stands still, and the text is dear. */
function dateOf(ns: bigint): string {
  if (ns !== dated.ns) dated = { ns, text: new Date(Number(ns / 1_000_000n)).toUTCString() };
  return dated.text;
}

export const addressOf = (peer: string): string => peer.slice(0, peer.lastIndexOf(':')).replace(/^\[|\]$/g, '');
/** Envoy: the rest of 127.0.0.0/8 is loopback to the system, not to it. */
const isLoopback = (address: string): boolean => address === '127.0.0.1' || address === '::1';

/** The list is asked for the same few peers again and again, and takes its time. */
const answers = new WeakMap<BlockList, Map<string, boolean>>();
const ANSWERS_MAX = 1024;

function isInternal(address: string, internal: BlockList): boolean {
  let known = answers.get(internal);
  if (!known || known.size >= ANSWERS_MAX) {
    known = new Map();
    answers.set(internal, known);
  }
  let answer = known.get(address);
  if (answer === undefined) {
    answer = internal.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
    known.set(address, answer);
  }
  return answer;
}
