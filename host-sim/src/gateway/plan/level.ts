import type { Fields } from './fields.js';
import { readFilterConfigs } from './filter-configs.js';
import { readHeaderOperations } from './header-operations.js';
import type { Level } from './plan.js';

/** What may be said in the same way of a weighted cluster, a route, a virtual host and all routes. */
export function readLevel(fields: Fields): Level {
  return {
    requestHeaders: readHeaderOperations(fields, 'request'),
    responseHeaders: readHeaderOperations(fields, 'response'),
    filterConfigs: readFilterConfigs(fields),
  };
}
