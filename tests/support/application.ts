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

/**
 * The application behind the proxies: answers 200 and remembers what it was asked. The path may ask for another answer:
 * `/status/503`, `/grpc-status/14` (in the head, without a body), `/cut` (none at all; not remembered either, since a proxy
 * that finds a kept connection cut may ask once more).
 */
export async function startApplication(port = 0): Promise<Application> {
  const seen: SeenRequest[] = [];
  const arrivals = new EventEmitter();
  let held: (() => void)[] = [];
  // Takes whatever head Envoy lets through.
  const server = createServer({ maxHeaderSize: 128 * 1024 }, (request, response) => {
    const [, wish, value = ''] = /^\/(status|grpc-status|cut)(?:\/(\d+))?(?:\?|$)/.exec(request.url ?? '') ?? [];
    if (wish === 'cut') {
      request.socket.destroy();
      return;
    }
    seen.push({ method: request.method ?? '', path: request.url ?? '', headers: pairs(request) });
    request.resume();
    if (wish === 'grpc-status') {
      response.writeHead(200, { 'content-type': 'application/grpc', 'grpc-status': value, 'content-length': '0' });
      response.end();
      return;
    }
    const answer = () => {
      response.writeHead(wish === 'status' ? Number(value) : 200, {
        'content-type': 'text/plain',
        'x-application': 'vendors',
      });
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
