import type { HttpMatch } from './http-match.js';
import type { HttpRoute } from './http-route.js';
import type { StringMatch } from './string-match.js';

/**
 * A delegate's route as a part of the route that delegates: each condition of the one together with each of the other that
 * it narrows, and what the delegate does not say as the other says it. Undefined where no condition goes together, or one of
 * the delegate's with none: Istio leaves such a route out.
 */
export function mergedRoute(root: HttpRoute, part: HttpRoute): HttpRoute | undefined {
  const match = mergedMatches(root.match, part.match);
  if (!match) return undefined;
  const name = joined(root.name, part.name);
  const { delegate: _, ...inherited } = root;
  const own = Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
  const mirrors = part.mirrors.length > 0 ? part.mirrors : root.mirrors;
  return { ...inherited, ...own, match, mirrors, ...(name === undefined ? {} : { name }) };
}

function mergedMatches(root: HttpMatch[], part: HttpMatch[]): HttpMatch[] | undefined {
  if (root.length === 0) return part;
  if (part.length === 0) return root;
  const merged = part.map((narrow) =>
    root.filter((wide) => narrows(wide, narrow)).map((wide) => mergedMatch(wide, narrow)),
  );
  return merged.every((found) => found.length > 0) ? merged.flat() : undefined;
}

function mergedMatch(wide: HttpMatch, narrow: HttpMatch): HttpMatch {
  const own = Object.fromEntries(Object.entries(narrow).filter(([, value]) => value !== undefined));
  const name = joined(wide.name, narrow.name);
  return {
    ...wide,
    ...own,
    ...(name === undefined ? {} : { name }),
    headers: { ...wide.headers, ...narrow.headers },
    withoutHeaders: { ...wide.withoutHeaders, ...narrow.withoutHeaders },
    queryParams: { ...wide.queryParams, ...narrow.queryParams },
    sourceLabels: { ...wide.sourceLabels, ...narrow.sourceLabels },
    gateways: narrow.gateways.length > 0 ? narrow.gateways : wide.gateways,
    ignoreUriCase: narrow.ignoreUriCase,
  };
}

const joined = (root: string | undefined, part: string | undefined) =>
  root !== undefined && part !== undefined ? `${root}-${part}` : (part ?? root);

/** Whether a delegate's condition only narrows what is asked above it. */
function narrows(wide: HttpMatch, narrow: HttpMatch): boolean {
  const texts = (['uri', 'scheme', 'method', 'authority'] as const).every((field) =>
    within(wide[field], narrow[field]),
  );
  const fields = (['headers', 'withoutHeaders', 'queryParams'] as const).every((field) =>
    Object.entries(narrow[field]).every(([name, condition]) => within(wide[field][name], condition)),
  );
  const labels = Object.entries(narrow.sourceLabels).every(
    ([name, value]) => (wide.sourceLabels[name] ?? value) === value,
  );
  const places =
    wide.ignoreUriCase === narrow.ignoreUriCase &&
    (wide.port === undefined || narrow.port === undefined || wide.port === narrow.port) &&
    (wide.sourceNamespace === undefined || wide.sourceNamespace === narrow.sourceNamespace);
  return texts && fields && labels && places;
}

/** Of two regular expressions nobody can tell; where only one of the two is asked, both can hold. */
function within(wide: StringMatch | undefined, narrow: StringMatch | undefined): boolean {
  if (!wide || !narrow) return true;
  if (wide.exact !== undefined) return narrow.exact === wide.exact;
  if (wide.prefix !== undefined) return (narrow.exact ?? narrow.prefix)?.startsWith(wide.prefix) ?? false;
  return false;
}
