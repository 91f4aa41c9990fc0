import type { Path } from '@tollgate/model';
import type { FileMistake } from '@tollgate/policies';
import { check, checkCounts, type Outcome, Unexpected } from './check.js';
import type { Scenario } from './scenario.js';
import type { Expectation } from './schema.js';
import type { Arrival, Stage } from './stages.js';

export interface PlaceOfStep {
  scenario: Scenario;
  stage: Stage;
  index: number;
}

export type Seen = Pick<Outcome, 'arrivals' | 'callouts'>;

/** What may come after the answer is waited for so long: log lines, metrics, requests whose answer the caller does not wait for. */
const patienceMs = 5000;
const pollMs = 10;
const comesLate = /\.expect\.(log|metrics|applications|shares)/;

/** Waits until one call is as expected; throws `Unexpected`. */
export function expectCall(
  at: PlaceOfStep,
  expect: Expectation,
  { answer, seen, logFrom }: Pick<Outcome, 'answer'> & { seen: () => Seen; logFrom: number },
): Promise<void> {
  const { stage } = at;
  return expectAtLast(at, async (refuse) => {
    const metrics = expect.metrics ? await stage.metrics() : {};
    const log = stage.log.slice(logFrom);
    check(expect, { answer, ...seen(), log, metrics, elapsedMs: stage.elapsedMs() }, refuse);
  });
}

/** Waits until all calls of a step together are as expected; throws `Unexpected`. */
export function expectCounts(
  at: PlaceOfStep,
  expect: Expectation,
  statuses: readonly number[],
  arrivals: () => readonly Arrival[],
): Promise<void> {
  return expectAtLast(at, async (refuse) => checkCounts(expect, statuses, arrivals(), refuse));
}

async function expectAtLast(
  { scenario, index }: PlaceOfStep,
  look: (refuse: (path: Path, message: string) => void) => Promise<void>,
): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const mistakes: FileMistake[] = [];
    await look((path, message) => mistakes.push(scenario.source.mistake(['steps', index, 'expect', ...path], message)));
    if (mistakes.length === 0) return;
    const late = mistakes.every(({ path }) => comesLate.test(path));
    if (!late || performance.now() > until) throw new Unexpected(mistakes);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
