import { createServer, type Socket } from 'node:net';
import { bind, type ListenerServer } from '../bind.js';
import type { TcpListenerPlan } from '../plan/plan.js';

/** Listens where the plan says. Nothing of a connection is read before somebody asks for it. */
export async function listenTcp(listener: TcpListenerPlan, serve: (client: Socket) => void): Promise<ListenerServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const { address, port } = await bind(server, listener);
  return { address, port, close };
}
