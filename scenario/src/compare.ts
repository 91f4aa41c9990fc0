import { isDeepStrictEqual } from 'node:util';
import { alignCountdowns, type Record } from './record.js';

/** All that was seen while a scenario was played. */
export interface Played {
  records: Record[];
  log: string[];
  metrics: { [name: string]: number };
  elapsedMs: number;
}

/** The first difference between the simulator and the real Envoy; undefined where they agree to the byte. */
export function firstDifference(
  simulated: Played,
  real: Played,
  notCompared: readonly ('log' | 'metrics')[],
): string | undefined {
  const aligned = alignCountdowns(real.records, simulated.records, real.elapsedMs);
  for (const [index, record] of simulated.records.entries()) {
    const found = difference(record, aligned[index], '');
    if (found) return `${record.request}: ${found}`;
  }
  if (!notCompared.includes('log')) {
    // Threads of Envoy log beside each other: which lines there are is compared, not how they mix.
    const found = difference(simulated.log.toSorted(), real.log.toSorted(), 'log');
    if (found) return found;
  }
  if (notCompared.includes('metrics')) return undefined;
  return difference(sorted(simulated.metrics), sorted(real.metrics), 'metrics');
}

const sorted = (metrics: Played['metrics']) => Object.fromEntries(Object.entries(metrics).toSorted());

/** Where two values first differ, with both. */
function difference(simulated: unknown, real: unknown, path: string): string | undefined {
  if (isDeepStrictEqual(simulated, real)) return undefined;
  const [left, right] = [parts(simulated), parts(real)];
  if (!left || !right) return `${path}: the simulator ${shown(simulated)}, Envoy ${shown(real)}`;
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  for (const key of keys) {
    const inside = typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const found = difference(left.get(key), right.get(key), inside);
    if (found) return found;
  }
  return `${path}: the same in another order`;
}

function parts(value: unknown): Map<string | number, unknown> | undefined {
  if (Array.isArray(value)) return new Map(value.entries());
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map(Object.entries(value));
}

const shown = (value: unknown): string => (value === undefined ? 'has none' : `has ${JSON.stringify(value)}`);
