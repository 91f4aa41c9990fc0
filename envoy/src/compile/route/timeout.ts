import { seconds } from '../duration.js';
import type { RouteFeature } from '../feature.js';
import { isSentOn } from './sent-on.js';

/** Envoy's own would be 15 seconds; there is none where no document says one. */
export const timeout: RouteFeature = ({ http }) =>
  isSentOn(http) ? { route: { timeout: seconds(http.timeout ?? 0) } } : undefined;
