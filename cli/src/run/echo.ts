import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Server as NetServer } from 'node:net';
import { isHttp2, type Model, type Resource, type Socket } from '@tollgate/model';

export interface Echo {
  /** The addresses that it answers on. */
  addresses: string[];
  close(): Promise<void>;
}

/** Answers in place of applications that are not there: on every `to` address and literal instance on which nobody listens. */
export async function startEcho(model: Model, nodes: readonly Resource<'Node'>[]): Promise<Echo> {
  const servers: NetServer[] = [];
  const addresses: string[] = [];
  for (const { service, address, port, http2 } of wanted(model, nodes)) {
    const answer = (request: IncomingMessage, response: ServerResponse) => echo(service, request, response);
    // The HTTP/2 compatibility layer has the same request and response; its types only say so at length.
    const server = http2
      ? createHttp2Server((request, response) => answer(request as never, response as never))
      : createServer(answer);
    if (await listens(server, { address, port })) {
      servers.push(server);
      addresses.push(`${address}:${port}`);
    }
  }
  return {
    addresses,
    close: async () => {
      await Promise.all(servers.map(closeServer));
    },
  };
}

function echo(service: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify({ service, method, path: url, headers })}\n`);
  request.resume();
}

function wanted(model: Model, nodes: readonly Resource<'Node'>[]): (Socket & { service: string; http2: boolean })[] {
  const proxied = new Set(
    model
      .of('Node')
      .all.flatMap((node) =>
        [...node.spec.inbound, ...node.spec.outbound].map(({ listen }) => `${listen.address}:${listen.port}`),
      ),
  );
  const protocols = new Map(
    model.of('Service').all.map((service) => [service.name, isHttp2(service.spec.ports[0]?.protocol ?? 'HTTP')]),
  );
  const applications = nodes.flatMap((node) => node.spec.inbound.map(({ service, to }) => ({ service, ...to })));
  const instances = model
    .of('Service')
    .all.flatMap((service) =>
      service.spec.instances.map(({ address, port }) => ({ service: service.name, address, port })),
    );
  const seen = new Set<string>();
  return [...applications, ...instances].flatMap((place) => {
    const socket = `${place.address}:${place.port}`;
    if (proxied.has(socket) || seen.has(socket)) return [];
    seen.add(socket);
    return [{ ...place, http2: protocols.get(place.service) ?? false }];
  });
}

/** False where somebody listens already, or where the address is another machine's. */
function listens(server: NetServer, { address, port }: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, address, () => resolve(true));
  });
}

function closeServer(server: NetServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    (server as Server).closeAllConnections?.();
  });
}
