import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../plan/plan.js';

interface ConnectEvents {
  connected(socket: Socket): void;
  /** Refused, not reached, or not in time. */
  failed(): void;
}

/**
 * Connects to an endpoint; whichever of the two comes first is told, once. The time that this may take is the machine's own:
 * a test that moves the clock does not move the network.
 */
export function connectTcp({ address, port }: Endpoint, timeoutMs: number, events: ConnectEvents): Socket {
  const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
  let settled = false;
  const settle = (tell: () => void) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    tell();
  };
  const timer = setTimeout(() => {
    settle(events.failed);
    socket.destroy();
  }, timeoutMs).unref();
  socket.once('connect', () => settle(() => events.connected(socket)));
  // Also after it was connected: that it broke is told by its close.
  socket.on('error', () => settle(events.failed));
  return socket;
}
