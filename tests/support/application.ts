import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  path: string;
  headers: [name: string, value: string][];
}

export interface Application {
  port: number;
  /** What reached it, oldest first. */
  seen: SeenRequest[];
  /** Resolves when that many requests have arrived since it was started. */
  arrived(count: number): Promise<void>;
  /** Answers the requests that carry `x-hold` and wait. */
  release(): void;
  close(): Promise<void>;
}

/** The application behind the proxies: answers 200 and remembers what it was asked. */
export async function startApplication(port = 0): Promise<Application> {
  const seen: SeenRequest[] = [];
  const arrivals = new EventEmitter();
  let held: (() => void)[] = [];
  // Takes whatever head Envoy lets through.
  const server = createServer({ maxHeaderSize: 128 * 1024 }, (request, response) => {
    seen.push({ method: request.method ?? '', path: request.url ?? '', headers: pairs(request) });
    request.resume();
    const answer = () => {
      response.writeHead(200, { 'content-type': 'text/plain', 'x-application': 'vendors' });
      response.end('hello from the application\n');
    };
    if (request.headers['x-hold'] === undefined) answer();
    else held.push(answer);
    arrivals.emit('request');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    arrived: async (count) => {
      while (seen.length < count) await once(arrivals, 'request');
    },
    release: () => {
      for (const answer of held) answer();
      held = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pairs({ rawHeaders }: IncomingMessage): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    (rawHeaders[index * 2] ?? '').toLowerCase(),
    rawHeaders[index * 2 + 1] ?? '',
  ]);
}
