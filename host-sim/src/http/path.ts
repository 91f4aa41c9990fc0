// Envoy's path normalisation (RFC 3986 through its URL library), as measured on 1.40 with normalize_path,
// merge_slashes and path_with_escaped_slashes_action: REJECT_REQUEST.

export interface PathOptions {
  normalizePath: boolean;
  mergeSlashes: boolean;
  escapedSlashes: 'KEEP_UNCHANGED' | 'REJECT_REQUEST';
}

/** The path in the form that filters and upstreams see, or undefined: the request is refused with 400. */
export function normalizePath(path: string, options: PathOptions): string | undefined {
  if (path.includes('#')) return undefined;
  const at = path.indexOf('?');
  const query = at < 0 ? '' : path.slice(at);
  let hierarchical = at < 0 ? path : path.slice(0, at);
  // Envoy: looks at the path as it was sent, before a dot segment can take the slash away.
  if (options.escapedSlashes === 'REJECT_REQUEST' && /%(2f|5c)/i.test(hierarchical)) return undefined;
  if (options.normalizePath) {
    const bare = bareDotSegments(hierarchical);
    if (bare.includes('%00')) return undefined;
    hierarchical = resolveDotSegments(encodeSegments(bare.replaceAll('\\', '/')));
  }
  if (options.mergeSlashes) hierarchical = mergeSlashes(hierarchical);
  return hierarchical + query;
}

/** Unreserved characters lose their percent form, those that a URL cannot have get one; the rest stays as written. */
function encodeSegments(path: string): string {
  return path
    .replace(/%([0-9a-fA-F]{2})/g, (written, hex: string) => {
      const char = String.fromCharCode(Number.parseInt(hex, 16));
      // Dots are left to resolveDotSegments.
      return /[A-Za-z0-9\-_~]/.test(char) ? char : written;
    })
    .replace(/[ "<>^`{|}\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Dot segments lose their `;parameters`. Envoy: first of all, so they are segments between slashes, not backslashes, with
 * dots that are not escaped: `/a/..;x/b` is `/b`, but `/a/%2e%2e;x/b` is `/a/..;x/b`.
 */
function bareDotSegments(path: string): string {
  return path.replace(/(?<=\/)(\.\.?);[^/]*/g, '$1');
}

/** `.` and `..` are resolved, also in their percent form. */
function resolveDotSegments(path: string): string {
  const out: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const plain = segment.replace(/%2e/gi, '.');
    if (plain !== '.' && plain !== '..') {
      out.push(plain);
      return;
    }
    if (plain === '..') out.pop();
    if (index === segments.length - 1) out.push('');
  });
  return `/${out.join('/')}`;
}

/** Envoy: a path of nothing but slashes keeps two. */
function mergeSlashes(path: string): string {
  if (!path.includes('//')) return path;
  const inner = path.split('/').filter((segment) => segment !== '');
  return `/${inner.join('/')}${path.endsWith('/') ? '/' : ''}`;
}
