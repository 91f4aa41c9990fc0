import { createServer, type Socket } from 'node:net';
import { listen } from '../../../tests/support/listen.js';
import { event } from '../../../tests/support/wait.js';

/** A server that keeps each request's bytes and answers what `?resp=` says, or `ok`. */
export async function startUpstream(): Promise<{ port: number; seen: string[]; close(): Promise<void> }> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let buffer = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1');
      for (let size = requestSize(buffer); size > 0; size = requestSize(buffer)) {
        const request = buffer.slice(0, size);
        buffer = buffer.slice(size);
        seen.push(request);
        answer(socket, request);
      }
    });
  });
  return {
    port: await listen(server),
    seen,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await event('the upstream to close', server, 'close');
    },
  };
}

/** The bytes of the first whole request; 0 while it is not all there. */
function requestSize(buffer: string): number {
  const end = buffer.indexOf('\r\n\r\n') + 4;
  if (end < 4) return 0;
  const head = buffer.slice(0, end);
  if (/transfer-encoding: chunked/i.test(head)) {
    const last = buffer.indexOf('0\r\n\r\n', end - 2);
    return last < 0 ? 0 : last + 5;
  }
  const size = end + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return buffer.length >= size ? size : 0;
}

function answer(socket: Socket, request: string): void {
  const scripted = /resp=([^ &]*)/.exec(request.split('\r\n')[0] as string)?.[1];
  if (scripted === 'close') socket.destroy();
  else if (scripted) socket.write(Buffer.from(decodeURIComponent(scripted.replaceAll('+', ' ')), 'latin1'));
  else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Up: Yes\r\n\r\nok');
}
