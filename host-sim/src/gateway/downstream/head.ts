import type { IncomingMessage } from 'node:http';
import { lower } from '../../bytes.js';
import { HeaderMap } from '../../http/header-map.js';

/** A request head that Envoy's HTTP/1 codec refuses: these answers have a body and end the connection. */
export interface CodecRefusal {
  status: number;
  body: string;
}

const BAD_REQUEST: CodecRefusal = { status: 400, body: 'Bad Request' };
const authorityForm = /^(?:[\w\-.!~*'()%;:&=+$,]*@)?([A-Za-z0-9.-]+|\[[\da-fA-F:.]+\])(:\d+)?$/;
const PORT_MAX = 65_535;
const FORWARDING = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);

/** The request as the connection manager gets it from the codec, or why there is none. */
export function readHead(message: IncomingMessage): { headers: HeaderMap; endStream: boolean } | CodecRefusal {
  if (message.httpVersion !== '1.1') return { status: 426, body: 'Upgrade Required' };
  // node knows these two methods, and Envoy answers them so.
  if (message.method === 'M-SEARCH') return BAD_REQUEST;
  if (message.method === 'QUERY') return { status: 400, body: '' };
  const target = readTarget(message);
  if ('status' in target) return target;
  const headers = HeaderMap.request([
    [':path', target.path],
    [':method', message.method ?? 'GET'],
    [':scheme', 'http'],
  ]);
  const raw = message.rawHeaders;
  for (let i = 0; i < raw.length; i += 2) headers.add(raw[i] as string, raw[i + 1] as string);
  if (target.authority !== undefined) headers.set(':authority', target.authority);
  const authority = headers.first(':authority');
  if (authority !== undefined && !/^[\w\-.~!$&'()*+,;=:@[\]%]*$/.test(authority)) return BAD_REQUEST;
  const encoding = headers.first('transfer-encoding');
  if (encoding !== undefined && lower(encoding) !== 'chunked') return { status: 501, body: 'Not Implemented' };
  const nominated = (headers.first('connection') ?? '').split(',').map((name) => lower(name.trim()));
  if (nominated.some((name) => FORWARDING.has(name))) return BAD_REQUEST;
  if (lower(headers.first('expect') ?? '') === '100-continue') headers.remove('expect');
  const endStream = encoding === undefined && Number(headers.first('content-length') ?? 0) === 0;
  return { headers: authorityFirst(headers), endStream };
}

function readTarget(message: IncomingMessage): { path: string; authority?: string } | CodecRefusal {
  const target = message.url ?? '';
  if (/[^\x21-\x7e]/.test(target)) return BAD_REQUEST;
  if (target.startsWith('/') || (target === '*' && message.method === 'OPTIONS')) return { path: target };
  const absolute = /^(https?):\/\/([^/?#]*)(.*)$/i.exec(target);
  if (!absolute) return BAD_REQUEST;
  // Envoy: a scheme that is not the connection's own is refused.
  if (lower(absolute[1] as string) === 'https') return { status: 403, body: 'Forbidden' };
  // Envoy: only here is the authority read closely, and goes on without its user information.
  const [, authority, port = ''] = authorityForm.exec(absolute[2] as string) ?? [];
  if (authority === undefined || Number(port.slice(1)) > PORT_MAX) return BAD_REQUEST;
  return { path: absolute[3] || '/', authority: authority + port };
}

/** Envoy's order: :authority, :path, :method, :scheme. */
function authorityFirst(headers: HeaderMap): HeaderMap {
  const rank = (name: string) => [':authority', ':path', ':method', ':scheme'].indexOf(name) >>> 0;
  return HeaderMap.request([...headers.entries].sort(([a], [b]) => rank(a) - rank(b)));
}

/** The protocol that a client wants to change to, in lower case; h2c is just not taken up. */
export function upgradeOf(message: IncomingMessage): string | undefined {
  const connection = lower(message.headers.connection ?? '')
    .split(',')
    .map((token) => token.trim());
  const upgrade = lower(message.headers.upgrade ?? '');
  return connection.includes('upgrade') && upgrade !== '' && upgrade !== 'h2c' ? upgrade : undefined;
}
