import type { RequestInput } from '../host/request.js';

/** The head of a raw HTTP/1 request as a test writes it; what follows it is left out. */
export function requestOf(bytes: string): RequestInput {
  const [line = '', ...fields] = (bytes.split('\r\n\r\n')[0] as string).split('\r\n');
  const [method, path] = line.split(' ');
  const headers = fields.map((field): [string, string] => {
    const at = field.indexOf(':');
    return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()];
  });
  return { method, path, headers: headers.filter(([name]) => name !== 'host'), authority: 'a' };
}

/** `a=1,b=2`. */
export const pairsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  );

/** A recorded line without the ids of gRPC calls: they go on from case to case, also from one that is left out. */
export const withoutGrpcIds = (line: string): string =>
  line
    .replace(/P (ginit|grecv|gtrail|gclose) \d+ (\d+)$/, 'P $1 ID $2')
    .replace(/(P req (?:gcall|gstream) .* -> 0) \d+$/, '$1 ID');
