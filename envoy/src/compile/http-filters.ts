import type { FilterSide } from '../filter-config/index.js';
import { any, type HttpFilter } from '../types.js';

/** The name of a listener's governance filter, and of the configuration that it is given. */
export function governanceName(listener: string): string {
  return `tollgate.governance/${listener}`;
}

/** A browser's question beforehand is no call: it is answered before one is delayed or aborted. */
const cors: HttpFilter = {
  name: 'envoy.filters.http.cors',
  typed_config: any('envoy.extensions.filters.http.cors.v3.Cors', {}),
};

const fault: HttpFilter = {
  name: 'envoy.filters.http.fault',
  typed_config: any('envoy.extensions.filters.http.fault.v3.HTTPFault', {}),
};

/** The one order of HTTP filters. All stand there from the start: what they do is said by rules and routes. */
export function httpFilters(listener: string, side: FilterSide): HttpFilter[] {
  return [
    // First: nothing that costs more may run for a call that is refused. Its rules come by name, so that the first policy on a
    // live route changes no listener.
    {
      name: governanceName(listener),
      config_discovery: {
        type_urls: [
          'type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm',
          'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
        ],
      },
    },
    ...(side === 'consumer' ? [cors, fault] : []),
    // Last, as Envoy demands: it sends the call on.
    { name: 'envoy.filters.http.router', typed_config: any('envoy.extensions.filters.http.router.v3.Router', {}) },
  ];
}
