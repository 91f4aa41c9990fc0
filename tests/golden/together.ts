import type { Bootstrap, Listener } from '@tollgate/envoy';
import type { Case, EnvoyStart } from './cases.js';

/** Far from where any case listens: Envoy refuses two listeners on one port. */
const firstPort = 20_000;

/** The proxies of all cases as one, each under names of its own: an Envoy takes half a second to start. */
export function together(cases: readonly Case[]): EnvoyStart {
  const all = cases.flatMap(({ name, proxies }) =>
    [...proxies].map(([node, { bootstrap }]) => renamed(bootstrap, `${name}/${node}`)),
  );
  const listeners = all.flatMap(({ static_resources }) => static_resources?.listeners ?? []);
  const clusters = all.flatMap(({ static_resources }) => static_resources?.clusters ?? []);
  return {
    bootstrap: { ...all[0], static_resources: { listeners: listeners.map(moved), clusters } },
    secrets: cases.flatMap(({ proxies }) => [...proxies.values()].flatMap(({ secrets }) => secrets)),
  };
}

/** What Envoy refuses it names by this, and so by its case. */
function renamed(bootstrap: Bootstrap, prefix: string): Bootstrap {
  return JSON.parse(JSON.stringify(bootstrap).replaceAll(/"((?:inbound|outbound|jwks|wasm)\/)/g, `"${prefix}/$1`));
}

function moved(listener: Listener, index: number): Listener {
  const address = listener.address?.socket_address?.address;
  return { ...listener, address: { socket_address: { address, port_value: firstPort + index } } };
}
