/**
 * The form in which paths are compared, made in this order: `;parameters` off each segment, every byte that may stand in a
 * segment as it is percent-decoded and every other one encoded in upper-case hex, duplicate slashes merged, dot segments
 * resolved (RFC 3986 §5.2.4). Undefined where a path has none: an invalid `%`, `%00`, `%2f`, `%5c`, a backslash, a segment
 * that is `.` or `..` only without its parameters or decoded, no slash in front, or a query, which is no part of the path.
 * The filters do the same in AssemblyScript; tests/vectors/path pins both.
 */
export function canonicalPath(path: string): string | undefined {
  const segments = segmentsOf(path);
  return segments && path.startsWith('/') ? resolved(segments).join('/') : undefined;
}

/** The same of what canonical paths begin with. Its last segment may go on, so it stays where it is dots alone. */
export function canonicalPrefix(prefix: string): string | undefined {
  const segments = segmentsOf(prefix);
  const open = segments?.pop();
  return segments && prefix.startsWith('/') ? resolved([...segments, '']).join('/') + open : undefined;
}

/** The same of what canonical paths end with. Undefined for a dot segment, which none of them has, and for parameters alone. */
export function canonicalSuffix(suffix: string): string | undefined {
  const segments = segmentsOf(suffix);
  if (!segments || segments.slice(1).some(isDots)) return undefined;
  return merged(segments).join('/') || undefined;
}

/** What may stand in a segment as it is. */
const literal = /^[A-Za-z0-9\-._~:@!$&'()*+,=]$/;

function segmentsOf(path: string): string[] | undefined {
  if (/[\\\0?]|%(?![0-9a-f]{2})|%(00|2f|5c)/i.test(path)) return undefined;
  const segments = path.split('/').map((written) => [written, segmentOf(written)] as const);
  if (segments.some(([written, made]) => isDots(made) && made !== written)) return undefined;
  return segments.map(([, made]) => made);
}

function segmentOf(written: string): string {
  return written.replace(/;.*/s, '').replace(/%..|[^%]/gsu, (piece) => {
    const bytes = piece.startsWith('%') ? [Number.parseInt(piece.slice(1), 16)] : [...Buffer.from(piece)];
    const text = String.fromCharCode(...bytes);
    return literal.test(text) ? text : bytes.map(escapeOf).join('');
  });
}

const escapeOf = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
const isDots = (segment: string) => segment === '.' || segment === '..';

/** A segment of nothing says something at both ends only. */
function merged(segments: string[]): string[] {
  return segments.filter((segment, index) => segment !== '' || index === 0 || index === segments.length - 1);
}

function resolved(segments: string[]): string[] {
  const kept: string[] = [];
  merged(segments).forEach((segment, index, { length }) => {
    if (!isDots(segment)) kept.push(segment);
    else if (segment === '..' && kept.length > 1) kept.pop();
    if (isDots(segment) && index === length - 1) kept.push('');
  });
  return kept;
}
