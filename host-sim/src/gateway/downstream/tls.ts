import type { Socket } from 'node:net';
import type { TcpListenerPlan, TlsChainPlan } from '../plan/plan.js';
import { readOpening } from './client-hello.js';
import { peek } from './peek.js';

/** Connections that begin with TLS are for whom they name, or closed; all others are for `plain`. */
export function ofTls(
  socket: Socket,
  chains: readonly TlsChainPlan[],
  passOn: (client: Socket, to: TcpListenerPlan) => void,
  plain: () => void,
): void {
  peek(socket, (seen) => {
    const opening = readOpening(seen);
    if (opening === 'more') return undefined;
    if (opening === 'plain') return plain;
    const chain = chainFor(chains, opening.serverName);
    return () => {
      if (chain) passOn(socket, chain.tcp);
      // Envoy has read nothing of it when it closes, and so its system resets the connection.
      else socket.resetAndDestroy();
    };
  });
}

/** The name itself before those above it, of which the longest comes first. */
function chainFor(chains: readonly TlsChainPlan[], name: string): TlsChainPlan | undefined {
  const above = [...name.matchAll(/\./g)].map(({ index }) => `*${name.slice(index)}`);
  for (const wanted of [name, ...above]) {
    const found = chains.find(({ serverNames }) => serverNames.includes(wanted));
    if (found) return found;
  }
  return undefined;
}
