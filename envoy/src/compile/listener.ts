import type { NodeSpec, Socket } from '@tollgate/model';
import type { FilterSide } from '../filter-config/index.js';
import type { FilterChain, Listener } from '../types.js';

/** Which listener it is: its name, whose side of a call it is on, where it listens. */
export interface ListenerPlace {
  name: string;
  side: FilterSide;
  listen: Socket;
}

/** Connections on which nothing is asked or said: longer than pools keep one, and whose peer is gone holds no place for ever. */
export const connectionIdle = '3600s';

export function listenerOf({ name, side, listen }: ListenerPlace, node: NodeSpec, chain: FilterChain): Listener {
  return {
    name,
    traffic_direction: side === 'provider' ? 'INBOUND' : 'OUTBOUND',
    address: { socket_address: { address: listen.address, port_value: listen.port } },
    per_connection_buffer_limit_bytes: node.connectionBuffer,
    filter_chains: [chain],
  };
}
