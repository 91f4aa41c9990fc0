import type { Bootstrap, Listener } from '@tollgate/envoy';
import type { Case, EnvoyStart } from './cases.js';

/** Far from where any case listens: Envoy refuses two listeners on one port. */
const firstPort = 20_000;

/** The proxies of all cases as one: an Envoy takes half a second to start, and one tells of each by its name. */
export function together(cases: readonly Case[]): EnvoyStart {
  const all = cases.flatMap(({ name, proxies }) =>
    [...proxies].map(([node, { bootstrap, secrets }]) => ({
      ...(JSON.parse(
        JSON.stringify(bootstrap).replaceAll(/"((?:inbound|outbound|jwks)\/)/g, `"${name}/${node}/$1`),
      ) as Bootstrap),
      secrets,
    })),
  );
  const listeners = all.flatMap(({ static_resources }) => static_resources?.listeners ?? []);
  const clusters = all.flatMap(({ static_resources }) => static_resources?.clusters ?? []);
  return {
    bootstrap: {
      ...all[0],
      ...{ secrets: undefined },
      static_resources: { listeners: listeners.map(moved), clusters },
    },
    secrets: all.flatMap(({ secrets }) => secrets),
  };
}

function moved(listener: Listener, index: number): Listener {
  const address = listener.address?.socket_address?.address;
  return { ...listener, address: { socket_address: { address, port_value: firstPort + index } } };
}
