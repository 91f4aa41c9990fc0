import { canonicalPath, hostName, parseNetwork } from '@tollgate/model';

type Header = [name: string, value: string];

/** A request of a fuzz case: plain data, so that a case can be kept in a file. Texts are bytes, one a character. */
export interface FuzzRequest {
  method: string;
  path: string;
  authority: string;
  headers: Header[];
  peer: string;
}

/** What rules may ask of a call, told from the request alone: written apart from the filters, to be held against them. */
export class CallModel {
  readonly canonical: string | undefined;
  readonly query: [name: string, value: string][];
  /** What ampersands end, and what stands behind the last. */
  readonly parameters: number;
  readonly host: string | undefined;
  readonly address: string | undefined;
  readonly request: FuzzRequest;

  constructor(
    request: FuzzRequest,
    trustedHops: number,
    readonly paths?: { caseSensitive: boolean; trailingSlash: string },
  ) {
    const lower = request.headers.map(([name, value]): Header => [name.toLowerCase(), value]);
    // A value has no blanks around it.
    this.request = { ...request, headers: lower.map(([name, value]): Header => [name, unblanked(value)]) };
    const [path = '', ...query] = request.path.split('?');
    this.canonical = path === '*' || path === '' ? path : canonicalPath(escaped(path));
    this.query = queryOf(query.join('?'), query.length > 0);
    this.parameters = query.join('?').replace(/&$/, '').split('&').length;
    this.host = hostName(request.authority);
    this.address = addressOf({ ...request, headers: lower }, trustedHops);
  }

  /** A canonical path as the application reads it: paths that are one to it are the same text. */
  read(path: string, open = false): string {
    const folded = this.paths?.caseSensitive === false ? path.toLowerCase() : path;
    const closed = this.paths?.trailingSlash !== 'ignored' || open || folded === '*';
    return closed ? folded : folded.replace(/\/?$/, '/');
  }

  headers(name: string): string[] {
    return this.request.headers.flatMap(([given, value]) => (given === name ? [value] : []));
  }
}

const unblanked = (value: string) => value.replace(/^[ \t]+|[ \t]+$/g, '');

/** Bytes beyond ASCII as a text of Unicode cannot hold them. */
const escaped = (path: string) =>
  path.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * The path that an application takes a request's for: it leaves parameters and the second of two slashes out, decodes, and
 * resolves dots. Written with an escape for each byte that is no letter, so that the oracle reads it as it stands here.
 */
export function applicationPath(path: string): string {
  const read: string[] = [];
  const segments = path.split('?')[0]?.split('/').slice(1) ?? [];
  for (const [index, segment] of segments.entries()) {
    const text = segment
      .replace(/;.*/s, '')
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (text === '..') read.pop();
    if (text !== '' && !/^\.\.?$/.test(text)) read.push(text);
    else if (index === segments.length - 1) read.push('');
  }
  const hex = (byte: string) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return `/${read.join('/').replace(/[^a-z0-9/._-]/gi, hex)}`;
}

function queryOf(text: string, there: boolean): [string, string][] {
  if (!there) return [];
  return text.split('&').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [formDecoded(name), formDecoded(value.join('='))];
  });
}

function formDecoded(text: string): string {
  return text
    .replace(/\+/g, ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The bits of the caller's address, 32 or 128; undefined where it cannot be told. */
function addressOf({ headers, peer }: FuzzRequest, trustedHops: number): string | undefined {
  const forwarded = headers.flatMap(([name, value]) => (name === 'x-forwarded-for' && value !== '' ? [value] : []));
  const entries = forwarded.join(',').split(',');
  const entry = trustedHops > 0 && forwarded.length > 0 ? entries.at(-trustedHops) : undefined;
  return endpointBits(entry === undefined ? peer : unblanked(entry));
}

function endpointBits(text: string): string | undefined {
  const bracketed = /^\[([^\]]*:[^\]]*)\](:\d{1,5})?$/.exec(text);
  const v4 = /^([^:]*)(:\d{1,5})?$/.exec(text);
  const bare = bracketed?.[1] ?? v4?.[1] ?? (text.split(':').length > 2 && !text.startsWith('[') ? text : undefined);
  if (bare === undefined || bare.includes('/')) return undefined;
  const zone = bare.indexOf('%');
  if (zone > 0 && !bare.slice(0, zone).includes(':')) return undefined;
  if (zone >= 0 && !/^[\w.~-]+$/.test(bare.slice(zone + 1))) return undefined;
  const network = parseNetwork(zone > 0 ? bare.slice(0, zone) : bare);
  return network && bitsOf(network.bytes);
}

export function bitsOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}
