import type { FilterSide } from '../filter-config/index.js';
import { any, type HttpFilter } from '../types.js';
import type { PluginFilter } from './plugin-filter.js';

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

const wasm = 'type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm';

export interface ListenerFilters {
  plugins: readonly PluginFilter[];
  /** Answers probes. */
  health?: HttpFilter | undefined;
}

/** The one order of HTTP filters. But for plugins of the user's all stand there from the start: what they do is said by rules and routes. */
export function httpFilters(listener: string, side: FilterSide, { plugins, health }: ListenerFilters): HttpFilter[] {
  const ofPhase = (wanted: PluginFilter['phase']) => plugins.filter(({ phase }) => phase === wanted).map(pluginFilter);
  return [
    // Before all: a probe has no credential, and goes no further.
    ...(health ? [health] : []),
    // Before governance: they prepare the credentials that it looks at, and nothing of a call is verified yet.
    ...ofPhase('AUTHN'),
    // Next: nothing that costs more may run for a call that is refused. Its rules come by name, so that the first policy on a
    // live route changes no listener.
    {
      name: governanceName(listener),
      config_discovery: {
        type_urls: [wasm, 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation'],
      },
    },
    // They decide by who is calling, which governance has verified.
    ...ofPhase('AUTHZ'),
    // They see every call that is not refused, also one that is delayed or aborted behind them.
    ...ofPhase('STATS'),
    ...(side === 'consumer' ? [cors, fault] : []),
    // Right before the router, as Istio has it.
    ...ofPhase('UNSPECIFIED_PHASE'),
    // Last, as Envoy demands: it sends the call on.
    { name: 'envoy.filters.http.router', typed_config: any('envoy.extensions.filters.http.router.v3.Router', {}) },
  ];
}

/** One that is for some ports only is off until a route of such a port turns it on. */
function pluginFilter({ name, ports }: PluginFilter): HttpFilter {
  return { name, ...(ports === 'all' ? {} : { disabled: true }), config_discovery: { type_urls: [wasm] } };
}
