import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { event, until } from '../support/wait.js';

const program =
  "const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));";

/** Connections that the kernel takes by itself for a server that accepts none: its backlog, and one more. */
const takenByKernel = 2;

/** A port of a process that stands still, its backlog full: whoever connects gets no answer at all. */
export async function startStoppedServer(context: TestContext): Promise<number> {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const sockets: Socket[] = [];
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
  });
  const [line] = await event('the port of a server', child.stdout, 'data');
  const port = Number(String(line));
  child.kill('SIGSTOP');
  await until('the server to stand still', () => isStopped(child));
  for (let count = 0; count < takenByKernel; count++) {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await event('a connection to the backlog', socket, 'connect');
  }
  return port;
}

function isStopped({ pid }: ChildProcess): boolean {
  return / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
