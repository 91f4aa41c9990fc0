import type { AddressInfo, Server } from 'node:net';
import { SimulatorError } from '../errors.js';
import { socketAddress } from './address.js';
import type { ListenerBase } from './plan/plan.js';

export interface ListenerServer {
  address: string;
  port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/** Listens where the plan says; a port that is not free is said so. */
export function bind(server: Server, listener: ListenerBase): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = socketAddress(listener.address, listener.port);
      const inUse = cause.code === 'EADDRINUSE';
      const text = inUse ? `${where} is in use by another program` : cause.message;
      const code = inUse ? 'address_in_use' : 'bad_bootstrap';
      reject(new SimulatorError(code, `listener ${listener.name}: ${text}`, { cause }));
    });
    server.listen({ host: listener.address, port: listener.port, ipv6Only: true }, () =>
      resolve(server.address() as AddressInfo),
    );
  });
}
