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
  if (options.normalizePath) {
    if (/%00/.test(hierarchical)) return undefined;
    hierarchical = resolveDotSegments(encodeSegments(hierarchical.replaceAll('\\', '/')));
  }
  if (options.mergeSlashes) hierarchical = mergeSlashes(hierarchical);
  if (options.escapedSlashes === 'REJECT_REQUEST' && /%(2f|5c)/i.test(hierarchical)) return undefined;
  return hierarchical + query;
}

/** Unreserved characters lose their percent form, those that a URL cannot have get one; the rest stays as written. */
function encodeSegments(path: string): string {
  return path
    .replace(/%([0-9a-fA-F]{2})/g, (written, hex: string) => {
      const char = String.fromCharCode(Number.parseInt(hex, 16));
      // A dot stays escaped until dot segments are told from segments with parameters: see resolveDotSegments.
      return /[A-Za-z0-9\-_~]/.test(char) ? char : written;
    })
    .replace(/[ "<>^`{|}]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * `.` and `..` are resolved, also in their percent form and with `;parameters` behind them. Envoy: `/a/..;x/b` is `/b`,
 * but `/a/%2e%2e;x/b` is `/a/..;x/b`.
 */
function resolveDotSegments(path: string): string {
  const out: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    const plain = segment.replace(/%2e/gi, '.');
    const bare = segment.split(';')[0] as string;
    const kind = plain === '.' || bare === '.' ? 'same' : plain === '..' || bare === '..' ? 'parent' : 'name';
    if (kind === 'name') out.push(plain);
    else {
      if (kind === 'parent') out.pop();
      if (last) out.push('');
    }
  });
  return `/${out.join('/')}`;
}

/** Envoy: a path of nothing but slashes keeps two. */
function mergeSlashes(path: string): string {
  if (!path.includes('//')) return path;
  const inner = path.split('/').filter((segment) => segment !== '');
  return `/${inner.join('/')}${path.endsWith('/') ? '/' : ''}`;
}
