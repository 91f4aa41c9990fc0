// The ports of the quickstart, all on 127.0.0.1: the applications' own, and those that services.yaml gives to the Envoys.
import { createServer } from 'node:net';

const ports = new Map([
  [7000, 'the service orders'],
  [7001, 'the service vendors'],
  [9001, 'the Envoy of vendors'],
  [9901, 'the admin page of that Envoy'],
  [15001, 'the Envoy of orders'],
]);

/** What to tell whoever starts the quickstart while something else has its ports; nothing where all are free. */
export async function portsInUse() {
  const taken = [];
  for (const port of ports.keys()) if (await isTaken(port)) taken.push(port);
  if (taken.length === 0) return undefined;
  const lines = taken.map((port) => `  ${port}, for ${ports.get(port)}`);
  const shown = taken.map((port) => `sport = :${port}`).join(' or ');
  return [
    `the quickstart cannot start: something listens on ${taken.length === 1 ? 'a port' : 'ports'} of 127.0.0.1 that it needs`,
    ...lines,
    taken.length === ports.size
      ? 'it looks as if another quickstart runs: end it with Ctrl-C, then start again'
      : end(shown),
  ].join('\n');
}

const end = (shown) => `end the program that has it (this shows which: ss -ltnp '${shown}'), then start again`;

function isTaken(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }) => resolve(code === 'EADDRINUSE'));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(false)));
  });
}
