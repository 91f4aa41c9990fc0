import type { Lookup } from '../kind.js';
import { type Mistake, mistake } from '../mistake.js';
import { node } from '../node.js';
import { type ServiceResource, service } from '../service.js';

/** Listeners for plain TCP that lead to a service which a Sidecar hides from the caller: nothing could ever pass. */
export function hiddenCallees(
  lookup: Lookup,
  reaches: (caller: ServiceResource, callee: ServiceResource) => boolean,
): Mistake[] {
  const services = lookup.of(service);
  return lookup.of(node).all.flatMap((each) =>
    each.spec.outbound.flatMap(({ service: name = each.spec.services[0] ?? '', to }, index, { length }): Mistake[] => {
      const caller = services.get(each.namespace, name);
      const callee = to && services.get(to.namespace ?? each.namespace, to.service);
      if (!caller || !callee || reaches(caller, callee)) return [];
      const path = length > 1 ? ['spec', 'outbound', index] : ['spec', 'outbound'];
      const message = `a Sidecar hides Service "${callee.name}" from "${caller.name}": add ${callee.namespace}/${callee.name} to its egress hosts`;
      return [mistake(each, [...path, 'to', 'service'], message)];
    }),
  );
}
