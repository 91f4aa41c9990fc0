import type { Socket } from 'node:net';

/**
 * Looks at the first bytes of a connection until they say who takes it. Then they are put back, and the socket, paused, is
 * handed over.
 */
export function peek(socket: Socket, takerOf: (seen: Buffer) => (() => void) | undefined): void {
  let seen = Buffer.alloc(0);
  const look = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    const take = takerOf(seen);
    if (!take) return;
    socket.off('data', look);
    socket.off('end', ended);
    socket.off('error', ignore);
    socket.pause();
    socket.unshift(seen);
    take();
  };
  const ended = () => socket.destroy();
  const ignore = () => {};
  socket.on('data', look);
  socket.on('end', ended);
  socket.on('error', ignore);
  socket.resume();
}
