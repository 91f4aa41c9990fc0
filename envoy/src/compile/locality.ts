import type { Locality } from '../types.js';

/** `region/zone/subzone`, of which the last ones may be missing. */
export function localityOf(text: string): Locality {
  const [region, zone, sub_zone] = text.split('/');
  return { ...(region ? { region } : {}), ...(zone ? { zone } : {}), ...(sub_zone ? { sub_zone } : {}) };
}
