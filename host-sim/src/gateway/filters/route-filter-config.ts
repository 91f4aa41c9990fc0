import type { FilterConfig } from '../plan/plan.js';
import type { ChosenRoute } from '../routing/routes.js';

/** What the levels of a route say to a filter, the narrowest first. */
export function configsOf<Kind extends FilterConfig['kind']>(
  route: ChosenRoute | undefined,
  { kind, name }: { kind: Kind; name: string },
): Extract<FilterConfig, { kind: Kind }>[] {
  const configs = route?.levels.map(({ filterConfigs }) => filterConfigs.get(name)) ?? [];
  return configs.filter((config) => config?.kind === kind) as Extract<FilterConfig, { kind: Kind }>[];
}
