import { createServer } from 'node:http';
import { event } from '../support/wait.js';
import { type ApplicationAddress, applicationAt } from './documents.js';
import { answered } from './oracle.js';

/** What an application tells of a request that reached it. */
export interface Reached {
  application: ApplicationAddress | undefined;
  /** Which of the service's ports was meant. */
  port: 80 | 8080;
  path: string;
  headers: Record<string, string>;
}

export interface Applications {
  ports: { 80: number; 8080: number };
  close(): Promise<void>;
}

/** One server for every port of a service, on all addresses of loopback: which address was called says which application. */
export async function startApplications(): Promise<Applications> {
  const started = await Promise.all(([80, 8080] as const).map(start));
  const [first, second] = started;
  return {
    ports: { 80: first?.port ?? 0, 8080: second?.port ?? 0 },
    close: async () => {
      await Promise.all(started.map(({ close }) => close()));
    },
  };
}

async function start(port: 80 | 8080) {
  const server = createServer((request, response) => {
    const reached: Reached = {
      application: applicationAt(request.socket.localAddress ?? ''),
      port,
      path: request.url ?? '',
      headers: request.headers as Record<string, string>,
    };
    response.writeHead(200, answered);
    response.end(JSON.stringify(reached));
  });
  server.listen(0, '0.0.0.0');
  await event('the applications to listen', server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await event('the applications to close', server, 'close');
    },
  };
}
