import { readCors } from './cors.js';
import { readFault } from './fault.js';
import type { Fields } from './fields.js';
import type { FilterConfig } from './plan.js';

const FAULT = 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault';
const CORS_POLICY = 'type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy';

const FILTER_CONFIG = 'type.googleapis.com/envoy.config.route.v3.FilterConfig';

/** `typed_per_filter_config`: by the name that the filter has in the chain. */
export function readFilterConfigs(fields: Fields): ReadonlyMap<string, FilterConfig> {
  const configs = new Map<string, FilterConfig>();
  const written = fields.message('typed_per_filter_config');
  for (const name of written.names()) {
    const config = readFilterConfig(written.message(name));
    if (config) configs.set(name, config);
  }
  return configs;
}

function readFilterConfig(config: Fields): FilterConfig | undefined {
  const type = config.any('@type');
  if (type === FAULT) return { kind: 'fault', ...readFault(config) };
  if (type === CORS_POLICY) return { kind: 'cors', ...readCors(config) };
  if (type === FILTER_CONFIG) return readSwitch(config);
  config.problem(`${String(type)} is not supported by the gateway`, '@type');
  return undefined;
}

/** Turns a filter off, or on with a configuration of the route's own or without one. */
function readSwitch(fields: Fields): FilterConfig | undefined {
  const off = fields.ignore('is_optional').flag('disabled');
  const inner = fields.message('config');
  const given = fields.has('config');
  fields.done();
  if (off) return { kind: 'off' };
  // Envoy: a configuration must be there, and may be empty.
  if (!given) fields.problem('is required', 'config');
  return inner.has('@type') ? readFilterConfig(inner) : { kind: 'on' };
}
