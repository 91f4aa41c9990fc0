import { hostPattern } from '../host-name.js';
import { name as nameForm } from '../scalars.js';

/** One host of a Sidecar's egress. */
export interface EgressHost {
  /** `*`, any; `.`, the Sidecar's own; else its name. */
  namespace: string;
  /** `*`, any; `*.example.com`, those below it; else the host itself. In lower case. */
  name: string;
  /** Taken away from what the others bring. */
  excluded: boolean;
}

/** `namespace/host`; without a namespace it is any one. `~` in front takes away, and stands alone for any namespace. */
export function parseEgressHost(text: string): EgressHost | undefined {
  const [first = '', second, ...rest] = text.split('/');
  const [space, host] = second === undefined ? ['*', first] : [first, second];
  const excluded = space.startsWith('~');
  const namespace = excluded ? space.slice(1) || '*' : space;
  const name = host === '*' ? '*' : hostPattern(host);
  const known = namespace === '*' || namespace === '.' || nameForm.safeParse(namespace).success;
  return name === undefined || rest.length > 0 || !known ? undefined : { namespace, name, excluded };
}

/** Whether some host brings what has these hosts and stands in this namespace, and none takes it away. */
export function isImported(
  egress: readonly EgressHost[],
  own: string,
  namespace: string,
  hosts: readonly string[],
): boolean {
  const fitting = egress.filter(
    (each) =>
      (each.namespace === '*' || (each.namespace === '.' ? own : each.namespace) === namespace) &&
      (each.name === '*' || hosts.some((host) => holds(each.name, host))),
  );
  return fitting.length > 0 && fitting.every(({ excluded }) => !excluded);
}

/** Whether a pattern has all hosts of another. */
function holds(pattern: string, host: string): boolean {
  return (
    pattern === host ||
    (pattern.startsWith('*.') && host.length > pattern.length - 1 && host.endsWith(pattern.slice(1)))
  );
}
