import type { Part, Place, ScenarioResult } from '../run-scenario.js';

/** Turns results into lines, one after the other as they come. */
export interface Reporter {
  begin(count: number): string[];
  result(result: ScenarioResult): string[];
  end(counts: Counts): string[];
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const places: Record<Place, string> = {
  simulator: 'in the simulator',
  envoy: 'in Envoy',
  both: 'the same in both',
};

/** What is tested: a scenario in a place. */
export function titleOf({ scenario }: ScenarioResult, part: Part): string {
  return `${scenario.name}, ${places[part.place]}`;
}

export function countParts(results: readonly ScenarioResult[]): Counts {
  const count = (status: Part['status']) =>
    results.flatMap(({ parts }) => parts).filter((part) => part.status === status).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}
