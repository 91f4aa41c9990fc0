import type { CorsPolicy, StringMatch } from '@tollgate/model';
import { any } from '../../types.js';
import type { RouteFeature } from '../feature.js';

/** Which pages of other origins browsers let call the service. */
export const cors: RouteFeature = ({ http: { corsPolicy } }) => {
  if (!corsPolicy) return undefined;
  const config = any('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
    allow_origin_string_match: originsOf(corsPolicy),
    ...joined('allow_methods', corsPolicy.allowMethods),
    ...joined('allow_headers', corsPolicy.allowHeaders),
    ...joined('expose_headers', corsPolicy.exposeHeaders),
    ...(corsPolicy.maxAge === undefined ? {} : { max_age: String(corsPolicy.maxAge / 1000) }),
    ...(corsPolicy.allowCredentials === undefined ? {} : { allow_credentials: corsPolicy.allowCredentials }),
    forward_not_matching_preflights: corsPolicy.unmatchedPreflights !== 'IGNORE',
  });
  return { typed_per_filter_config: { 'envoy.filters.http.cors': config } };
};

function originsOf({ allowOrigins, allowOrigin = [] }: CorsPolicy) {
  const origins: StringMatch[] = allowOrigins ?? allowOrigin.map((exact) => ({ exact }));
  return origins.map(({ regex, ...origin }) => (regex === undefined ? origin : { safe_regex: { regex } }));
}

function joined<const Field extends string>(field: Field, words: readonly string[]): { [Each in Field]?: string } {
  return words.length > 0 ? ({ [field]: words.join(',') } as { [Each in Field]?: string }) : {};
}
