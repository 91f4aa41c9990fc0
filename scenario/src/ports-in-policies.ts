import type { Path } from '@tollgate/model';
import type { FileMistake } from '@tollgate/policies';
import { applicationNames } from './check-together.js';
import type { Scenario } from './scenario.js';

/** `$port(ratings)` stands for the port of the application of that name: it is known only when the scenario runs. */
const portOf = /^\$port\((.*)\)$/;

/** A document with the ports of the applications in it. */
export function withPorts(value: unknown, ports: ReadonlyMap<string, number>): unknown {
  if (typeof value === 'string') return ports.get(portOf.exec(value)?.[1] ?? '') ?? value;
  if (Array.isArray(value)) return value.map((item) => withPorts(item, ports));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPorts(item, ports)]));
}

/** Ports of applications that the scenario does not have. */
export function unknownPorts(scenario: Scenario): FileMistake[] {
  const known = applicationNames(scenario);
  const within = (value: unknown, path: Path): FileMistake[] => {
    if (typeof value === 'string') {
      const name = portOf.exec(value)?.[1];
      if (name === undefined || known.includes(name)) return [];
      const message = `no instance or application is named "${name}": ${known.join(', ')}`;
      return [scenario.source.mistake(path, message)];
    }
    if (typeof value !== 'object' || value === null) return [];
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    return keys.flatMap((key) => within((value as Record<string | number, unknown>)[key], [...path, key]));
  };
  return within(scenario.policies ?? [], ['policies']);
}
