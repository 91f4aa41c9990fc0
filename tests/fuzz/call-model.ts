import { canonicalPath, hostName, parseNetwork } from '@tollgate/model';

/** A request of a fuzz case: plain data, so that a case can be kept in a file. Texts are bytes, one a character. */
export interface FuzzRequest {
  method: string;
  path: string;
  authority: string;
  headers: [name: string, value: string][];
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

  constructor(request: FuzzRequest, trustedHops: number) {
    this.request = request;
    const [path = '', ...query] = request.path.split('?');
    this.canonical = path === '*' || path === '' ? path : canonicalPath(path);
    this.query = queryOf(query.join('?'), query.length > 0);
    this.parameters = query.join('?').replace(/&$/, '').split('&').length;
    this.host = hostName(request.authority);
    this.address = addressOf(request, trustedHops);
  }

  headers(name: string): string[] {
    return this.request.headers.flatMap(([given, value]) => (given === name ? [value] : []));
  }
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
  return endpointBits(entry === undefined ? peer : entry.replace(/^[ \t]+|[ \t]+$/g, ''));
}

function endpointBits(text: string): string | undefined {
  const bracketed = /^\[([^\]]*:[^\]]*)\](:\d{1,5})?$/.exec(text);
  const v4 = /^([^:]*)(:\d{1,5})?$/.exec(text);
  const bare = bracketed?.[1] ?? v4?.[1] ?? (text.split(':').length > 2 && !text.startsWith('[') ? text : undefined);
  if (bare === undefined || bare.includes('/')) return undefined;
  const zone = bare.indexOf('%');
  if (zone > 0 && !bare.slice(0, zone).includes(':')) return undefined;
  const network = parseNetwork(zone > 0 ? bare.slice(0, zone) : bare);
  return network && bitsOf(network.bytes);
}

export function bitsOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}
