import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createTcpServer, type Server as NetServer } from 'node:net';
import { isHttp2, type Model, type Protocol, portOf, type Resource, type Socket } from '@tollgate/model';

export interface Echo {
  /** The addresses that it answers on. */
  addresses: string[];
  close(): Promise<void>;
}

/** Answers in place of applications that are not there: on every `to` address and literal instance on which nobody listens. */
export async function startEcho(model: Model, nodes: readonly Resource<'Node'>[]): Promise<Echo> {
  const servers: NetServer[] = [];
  const addresses: string[] = [];
  for (const { service, address, port, protocol } of wanted(model, nodes)) {
    const server = serverOf(service, protocol);
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

function serverOf(service: string, protocol: Protocol): NetServer {
  // What is said comes back.
  if (protocol === 'TCP') return createTcpServer((socket) => socket.on('error', () => {}).pipe(socket));
  const answer = (request: IncomingMessage, response: ServerResponse) => echo(service, request, response);
  // The HTTP/2 compatibility layer has the same request and response; its types only say so at length.
  return isHttp2(protocol)
    ? createHttp2Server((request, response) => answer(request as never, response as never))
    : createServer(answer);
}

function echo(service: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify({ service, method, path: url, headers })}\n`);
  request.resume();
}

interface Place extends Socket {
  service: string;
  protocol: Protocol;
}

function wanted(model: Model, nodes: readonly Resource<'Node'>[]): Place[] {
  const proxied = new Set(
    model
      .of('Node')
      .all.flatMap((node) =>
        [...node.spec.inbound, ...node.spec.outbound].map(({ listen }) => `${listen.address}:${listen.port}`),
      ),
  );
  const services = model.of('Service');
  const applications = nodes.flatMap(({ namespace, spec }) =>
    spec.inbound.map(({ service, port, to }) => {
      const found = services.get(namespace, service);
      return { ...to, service, protocol: (found && portOf(found.spec, port)?.protocol) ?? 'HTTP' };
    }),
  );
  const instances = services.all.flatMap(({ name: service, spec: { ports, instances } }) =>
    instances.flatMap(({ address, ports: numbers }) =>
      ports.flatMap(({ name, protocol }) => {
        const port = numbers[name];
        return port === undefined ? [] : [{ address, port, service, protocol }];
      }),
    ),
  );
  const seen = new Set<string>();
  return [...applications, ...instances].filter(({ address, port }) => {
    const socket = `${address}:${port}`;
    if (proxied.has(socket) || seen.has(socket)) return false;
    seen.add(socket);
    return true;
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
