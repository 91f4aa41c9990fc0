import { any } from '../../types.js';
import type { RouteFeature } from '../feature.js';

/** Turns on the plugins that are for calls to this port only. */
export const plugins: RouteFeature = ({ port, plugins }) => {
  const on = plugins.filter(({ ports }) => ports !== 'all' && ports.includes(port.number));
  if (on.length === 0) return undefined;
  // Without a configuration of the route's own it is that of the listener.
  const enabled = any('envoy.config.route.v3.FilterConfig', { config: {} });
  return { typed_per_filter_config: Object.fromEntries(on.map(({ name }) => [name, enabled])) };
};
