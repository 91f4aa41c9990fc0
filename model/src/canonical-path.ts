/**
 * The form in which paths are compared, made in this order: `;parameters` off each segment, percent-decoding of unreserved
 * bytes (RFC 3986 §2.3), duplicate slashes merged, dot segments resolved (§5.2.4).
 * Undefined where a path has none: an invalid `%`, `%00`, `%2f`, `%5c` or a backslash. The query is no part of the path.
 * The filters do the same in AssemblyScript; tests/vectors/path pins both.
 */
export function canonicalPath(target: string): string | undefined {
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  if (path.includes('\\')) return undefined;
  const bare = path.replace(/;[^/]*/g, '');
  if (/%(?![0-9a-f]{2})|%00|%2f|%5c/i.test(path)) return undefined;
  const decoded = bare.replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : whole;
  });
  return resolveDotSegments(decoded.replace(/\/{2,}/g, '/'));
}

export function isCanonicalPath(path: string): boolean {
  return !path.includes('?') && canonicalPath(path) === path;
}

function resolveDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '..') {
      if (kept.length > 1) kept.pop();
      if (last) kept.push('');
    } else if (segment === '.') {
      if (last) kept.push('');
    } else kept.push(segment);
  });
  return kept.join('/');
}
