import type { Part, Place, ScenarioResult } from '../run-scenario.js';

/** Turns results into lines, one after the other as they come. */
export interface Reporter {
  begin(): string[];
  result(result: ScenarioResult): string[];
  end(counts: Counts): string[];
  /** The end instead, where not all could be played: what is left, and why. */
  broken(unplayed: readonly Unplayed[], counts: Counts): string[];
}

/** A scenario that could not be played: because of what is wrong with it, or because something is missing. */
export interface Unplayed {
  name: string;
  file: string;
  why: string[];
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
