import { readCors } from './cors.js';
import { readFault } from './fault.js';
import type { Fields } from './fields.js';
import type { FilterConfig } from './plan.js';

const FAULT = 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault';
const CORS_POLICY = 'type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy';

/** `typed_per_filter_config`: by the name that the filter has in the chain. */
export function readFilterConfigs(fields: Fields): ReadonlyMap<string, FilterConfig> {
  const configs = new Map<string, FilterConfig>();
  const written = fields.message('typed_per_filter_config');
  for (const name of written.names()) {
    const config = written.message(name);
    const type = config.any('@type');
    if (type === FAULT) configs.set(name, { kind: 'fault', ...readFault(config) });
    else if (type === CORS_POLICY) configs.set(name, { kind: 'cors', ...readCors(config) });
    else config.problem(`${String(type)} is not supported by the gateway`, '@type');
  }
  return configs;
}
