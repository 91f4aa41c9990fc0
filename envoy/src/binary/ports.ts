import { createServer } from 'node:net';
import { TollgateError } from '@tollgate/model';

export interface ListenAddress {
  address: string;
  port: number;
  /** Who wants it, for the message: a listener's or a node's name. */
  name?: string;
}

/**
 * Throws when something listens there already, naming all such addresses. Envoy itself would not notice: it binds with
 * SO_REUSEPORT, so two of them share a port and each gets some of the connections.
 */
export async function assertPortsFree(addresses: readonly ListenAddress[]): Promise<void> {
  const faults = await Promise.all(addresses.map(async (wanted) => ({ wanted, code: await tryToBind(wanted) })));
  const taken = faults.filter(({ code }) => code === 'EADDRINUSE').map(({ wanted }) => wanted);
  if (taken.length > 0) {
    const ports = taken.map(({ port }) => `sport = :${port}`).join(' or ');
    const verb = taken.length === 1 ? 'is' : 'are';
    throw new TollgateError(
      'port_in_use',
      `${taken.map(describe).join(', ')} ${verb} in use: stop what listens there (ss -ltnp '${ports}' shows it) or listen on another port`,
      { details: taken.map(describe) },
    );
  }
  const refused = faults.find(({ code }) => code !== undefined);
  if (refused)
    throw new TollgateError('envoy_failed', `cannot listen on ${describe(refused.wanted)}: ${meaning(refused.code)}`);
}

/** node sets SO_REUSEADDR but not SO_REUSEPORT, so its bind fails beside any listener, Envoys too. */
function tryToBind({ address, port }: ListenAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function describe({ address, port, name }: ListenAddress): string {
  const socket = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return name ? `${socket} (${name})` : socket;
}

function meaning(code: string | undefined): string {
  if (code === 'EACCES') return 'this user may not (a port below 1024?)';
  if (code === 'EADDRNOTAVAIL') return 'it is not an address of this machine';
  return String(code);
}
