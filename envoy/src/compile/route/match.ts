import type { HttpMatch } from '@tollgate/model';
import type { RouteFeature } from '../feature.js';
import { textMatcher } from './text.js';

/** The calls on which a route is taken: all where nothing is asked. */
export const match: RouteFeature = ({ match }) => {
  if (!match) return { match: { prefix: '/' } };
  const headers = headersOf(match);
  const query_parameters = Object.entries(match.queryParams).map(([name, value]) => ({ name, ...textMatcher(value) }));
  return {
    match: {
      ...pathOf(match),
      ...(match.ignoreUriCase && match.uri?.regex === undefined ? { case_sensitive: false } : {}),
      ...(headers.length > 0 ? { headers } : {}),
      ...(query_parameters.length > 0 ? { query_parameters } : {}),
    },
    ...(match.statPrefix === undefined ? {} : { stat_prefix: match.statPrefix }),
  };
};

function pathOf({ uri }: HttpMatch) {
  if (uri?.exact !== undefined) return { path: uri.exact };
  if (uri?.regex !== undefined) return { safe_regex: { regex: uri.regex } };
  return { prefix: uri?.prefix ?? '/' };
}

function headersOf({ headers, withoutHeaders, method, authority, scheme }: HttpMatch) {
  const own = { ':method': method, ':authority': authority, ':scheme': scheme };
  return [
    ...Object.entries(headers).map(([name, value]) => ({ name, ...textMatcher(value) })),
    ...Object.entries(withoutHeaders).map(([name, value]) => ({ name, ...textMatcher(value), ...without(value) })),
    ...Object.entries(own).flatMap(([name, value]) => (value ? [{ name, ...textMatcher(value) }] : [])),
  ];
}

/** A header that is not there does not have the value; only where presence is asked Envoy has nothing to compare. */
function without(value: HttpMatch['withoutHeaders'][string]) {
  const present = Object.keys(value).length === 0;
  return { invert_match: true, ...(present ? {} : { treat_missing_header_as_empty: true }) };
}
