import type { AddressInfo, Server } from 'node:net';
import { event } from './wait.js';

/** Lets a server of any kind listen on loopback; its port. */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await event('a server to listen', server, 'listening');
  return (server.address() as AddressInfo).port;
}
