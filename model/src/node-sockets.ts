import type { Collection } from './collection.js';
import { type Mistake, mistake, warning } from './mistake.js';
import type { Path, ResourceOf } from './resource.js';
import type { ServiceResource } from './service.js';

interface Socket {
  address: string;
  port: number;
}

/** What of a node's specification is about sockets. */
interface Sockets {
  inbound: { service: string; port?: string | number | undefined; listen: Socket; to: Socket }[];
  outbound: { listen: Socket }[];
  admin?: Socket;
}
type NodeResource = ResourceOf<'Node', Sockets>;

interface Listen {
  node: NodeResource;
  path: Path;
  socket: Socket;
}

/** Sockets that more than one listener of a node, or more than one node, would have. */
export function takenSockets(nodes: readonly NodeResource[]): Mistake[] {
  return nodes.flatMap((node, index) => {
    const own = listensOf(node);
    return own.flatMap((listen, at): Mistake[] => {
      if (own.slice(0, at).some((other) => clash(other.socket, listen.socket)))
        return [
          mistake(node, listen.path, `${named(listen.socket)} is already taken by this node, choose another port`),
        ];
      return sharedWith(nodes.slice(0, index), listen);
    });
  });
}

/** Of nodes that are to run on one machine. */
export function clashesOnOneMachine(nodes: readonly NodeResource[]): Mistake[] {
  return takenSockets(nodes).map(({ warning: _warning, ...found }) => found);
}

function sharedWith(others: readonly NodeResource[], { node, path, socket }: Listen): Mistake[] {
  const taken = others.filter((other) => listensOf(other).some((listen) => clash(listen.socket, socket)));
  const [first] = taken;
  if (!first) return [];
  const more = taken.length > 1 ? ` and ${taken.length - 1} more` : '';
  // Every machine has its own loopback, and its own addresses to listen on all of.
  if (isEveryMachines(socket))
    return [
      warning(
        node,
        path,
        `${named(socket)} is also taken by node "${first.name}"${more}: they cannot run on one machine, choose another port if they should`,
      ),
    ];
  return [mistake(node, path, `${named(socket)} is already taken by node "${first.name}"${more}, choose another port`)];
}

function listensOf(node: NodeResource): Listen[] {
  const { inbound, outbound, admin } = node.spec;
  const at = (path: Path, socket: Socket): Listen => ({ node, path: ['spec', ...path], socket });
  return [
    ...inbound.map(({ listen }, index) => at(['inbound', index, 'listen'], listen)),
    ...outbound.map(({ listen }, index) => at(outbound.length > 1 ? ['outbound', index] : ['outbound'], listen)),
    ...(admin ? [at(['admin'], admin)] : []),
  ];
}

/** The same port of the same address, or of all addresses of the machine; those of IPv4 and IPv6 are apart. */
function clash(a: Socket, b: Socket): boolean {
  if (a.port !== b.port) return false;
  if (a.address.includes(':') !== b.address.includes(':')) return false;
  return a.address === b.address || isAny(a.address) || isAny(b.address);
}

const isAny = (address: string) => address === '0.0.0.0' || address === '::';
const isLoopback = (address: string) => address.startsWith('127.') || address === '::1';
const isEveryMachines = ({ address }: Socket) => isAny(address) || isLoopback(address);
const named = ({ address, port }: Socket) => `${address} port ${port}`;

/** Instances at which callers would reach the application itself, past the proxy that governs it. */
export function instancesPastProxies(nodes: readonly NodeResource[], services: Collection<ServiceResource>): Mistake[] {
  const inbounds = nodes.flatMap(({ name: node, namespace, spec }) =>
    spec.inbound.map((inbound) => ({ ...inbound, node, namespace })),
  );
  return services.all.flatMap((service) => {
    const own = inbounds.filter((each) => each.namespace === service.namespace && each.service === service.name);
    return service.spec.instances.flatMap((instance, index) =>
      portsOf(instance).flatMap(([name, port]): Mistake[] => {
        const passed = passedBy(own, { address: instance.address, port });
        if (!passed) return [];
        const message = `leads past the proxy of node "${passed.node}" to the application itself, so no policy would apply: write ${passed.listen.port}, where the proxy listens`;
        const field = name === service.spec.ports[0]?.name ? ['port'] : ['ports', name];
        return [mistake(service, ['spec', 'instances', index, ...field], message)];
      }),
    );
  });
}

/** Each number once, with the first port that has it. */
function portsOf({ ports }: { ports: Record<string, number> }): [string, number][] {
  const entries = Object.entries(ports);
  return entries.filter(([, port], at) => entries.findIndex(([, other]) => other === port) === at);
}

/** The listener that governs an application which a caller would reach at this socket without it. */
function passedBy<Inbound extends { listen: Socket; to: Socket }>(own: readonly Inbound[], socket: Socket) {
  const reached = literal(socket);
  if (own.some(({ listen }) => clash(listen, reached))) return undefined;
  return own.find(({ listen, to }) => clash(to, reached) || clash({ ...listen, port: to.port }, reached));
}

const literal = ({ address, port }: Socket) => ({ address: address === 'localhost' ? '127.0.0.1' : address, port });
