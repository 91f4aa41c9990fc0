import { addressOf } from '../../http/connection-manager.js';
import type { StreamInfo } from '../../http/stream-info.js';
import type { Fields } from './fields.js';
import type { Format } from './plan.js';

/** What Envoy's formatter calls the facts of a stream, as far as the gateway knows them when it writes headers. */
const FACTS: Record<string, (info: StreamInfo) => string | undefined> = {
  CONNECTION_ID: ({ connectionId }) => String(connectionId),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: ({ peer }) => peer,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: ({ peer }) => addressOf(peer),
  DOWNSTREAM_LOCAL_ADDRESS: ({ local }) => local,
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: ({ local }) => addressOf(local),
  DOWNSTREAM_LOCAL_PORT: ({ local }) => portOf(local),
  DOWNSTREAM_REMOTE_ADDRESS: ({ peer }) => peer,
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ({ peer }) => addressOf(peer),
  DOWNSTREAM_REMOTE_PORT: ({ peer }) => portOf(peer),
  PROTOCOL: ({ protocol }) => protocol,
  ROUTE_NAME: ({ route }) => route?.routeName,
  UPSTREAM_CLUSTER: ({ route }) => route?.clusterName,
  UPSTREAM_REMOTE_ADDRESS: ({ upstream }) => upstream?.address,
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ({ upstream }) => upstream && addressOf(upstream.address),
  UPSTREAM_REMOTE_PORT: ({ upstream }) => upstream && portOf(upstream.address),
};
const COMMAND = /%(?:%|([A-Z_0-9]+)(?:\(([^)]*)\))?(?::(\d+))?%)/g;

/**
 * A text with commands such as `%REQ(x-user)%`; what Envoy would put there that the gateway would not is refused by name.
 * `absent` stands for what a request does not have.
 */
export function readFormat(fields: Fields, name: string, side: 'request' | 'response', absent = ''): Format {
  const written = fields.bytes(name);
  const parts: Format[] = [];
  let at = 0;
  for (const match of written.matchAll(COMMAND)) {
    const [whole, command, argument, length] = match;
    const literal = written.slice(at, match.index);
    parts.push(() => literal);
    at = match.index + whole.length;
    const value = command === undefined ? () => '%' : commandOf(command, argument, side, absent);
    if (!value) fields.problem(`${whole} is not supported by the gateway`, name);
    else parts.push((source) => value(source).slice(0, length === undefined ? undefined : Number(length)));
  }
  const rest = written.slice(at);
  if (rest.includes('%')) fields.problem('has a "%" that begins no command; write "%%" for the sign itself', name);
  return (source) => parts.map((part) => part(source)).join('') + rest;
}

function commandOf(
  command: string,
  argument: string | undefined,
  side: 'request' | 'response',
  absent: string,
): Format | undefined {
  if (command === 'REQ' || command === 'RESP') {
    if (argument === undefined || (command === 'RESP' && side === 'request')) return undefined;
    const names = argument.split('?');
    return ({ request, response }) => {
      const map = command === 'REQ' ? request : response;
      return names.map((each) => map?.first(each)).find((value) => value !== undefined) ?? absent;
    };
  }
  const fact = Object.hasOwn(FACTS, command) ? FACTS[command] : undefined;
  // Before there is an answer nobody has been asked.
  if (!fact || argument !== undefined || (side === 'request' && command.startsWith('UPSTREAM_REMOTE')))
    return undefined;
  return ({ info }) => fact(info) || absent;
}

const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1);
