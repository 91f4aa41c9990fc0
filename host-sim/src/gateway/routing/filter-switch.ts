import type { HttpFilterPlan, ListenerPlan } from '../plan/plan.js';
import type { ChosenRoute } from './routes.js';

/** Whether a route may turn filters of this listener on or off: else all take part in every request. */
export function switchesFilters({ filters, level, virtualHosts }: ListenerPlan): boolean {
  const levels = [level, ...virtualHosts.flatMap((host) => [host.level, ...host.routes.map((route) => route.level)])];
  const clusters = virtualHosts.flatMap(({ routes }) =>
    routes.flatMap(({ action }) => (action.kind === 'forward' ? action.clusters.map((cluster) => cluster.level) : [])),
  );
  return (
    filters.some(({ off }) => off) ||
    [...levels, ...clusters].some(({ filterConfigs }) => [...filterConfigs.values()].some(({ kind }) => kind === 'off'))
  );
}

/** Envoy: the nearest of route, virtual host and all routes decides, if it says anything of the filter; else the filter itself. */
export function takesPart({ name, off }: Omit<HttpFilterPlan, 'filter'>, route: ChosenRoute | undefined): boolean {
  const nearest = route?.levels.find(({ filterConfigs }) => filterConfigs.has(name));
  const said = nearest?.filterConfigs.get(name);
  return said ? said.kind !== 'off' : !off;
}
