import { createServer } from 'node:net';
import { listen } from './listen.js';
import { event } from './wait.js';

/** Ports on loopback that are free now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map((server) => listen(server)));
  await Promise.all(servers.map((server) => event('a port to be free again', server.close(), 'close')));
  return ports;
}
