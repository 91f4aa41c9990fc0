import type { Path } from '@tollgate/model';
import type { FileMistake } from '@tollgate/policies';
import type { SeenRequest } from './application.js';
import type { RawAnswer } from './raw-http.js';
import { countdowns, countsDownTo } from './record.js';
import type { Expectation, ExpectedUpstream } from './schema.js';
import type { Arrival } from './stages.js';

export interface Outcome {
  answer: RawAnswer;
  /** What reached the applications. */
  arrivals: readonly Arrival[];
  callouts: Record<string, SeenRequest[]>;
  /** Lines since the step began, each `level: text`. */
  log: readonly string[];
  metrics: Record<string, number>;
  /** By how much the monotonic clock went on since the scenario began. */
  elapsedMs: number;
}

/** What was not as a scenario says: every difference of the step, each at its line. */
export class Unexpected extends Error {
  constructor(readonly mistakes: readonly FileMistake[]) {
    super(mistakes.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  }
}

type Refuse = (path: Path, message: string) => void;
const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** Holds what was seen against what the scenario says; calls `refuse` for each difference. */
export function check(expect: Expectation, outcome: Outcome, refuse: Refuse): void {
  const { answer, arrivals, callouts, elapsedMs } = outcome;
  const header = valueIn(answer.headers);
  const same = (path: Path, wanted: unknown, found: unknown) => {
    if (wanted !== undefined && wanted !== found) refuse(path, `expected ${shown(wanted)}, it was ${shown(found)}`);
  };
  if (expect.status !== undefined && answer.status !== expect.status) {
    const reason = header('x-tollgate-reason');
    const why = [...(reason === undefined ? [] : [reason]), shown(answer.body.slice(0, 300))].join(' ');
    refuse(['status'], `expected ${expect.status}, the answer was ${answer.status || 'none'} ${why}`);
  }
  same(['reason'], expect.reason, header('x-tollgate-reason'));
  same(['rule'], expect.rule, expect.rule === undefined ? undefined : ruleIn(answer.body));
  same(['body'], expect.body, answer.body);
  for (const [name, value] of Object.entries(expect.headers)) {
    const found = header(name) ?? null;
    const counted = value !== null && found !== null && countdowns.has(name) && countsDownTo(value, found, elapsedMs);
    if (!counted) same(['headers', name], value, found);
  }
  checkTrailers(expect.trailers, answer.trailers, ['trailers'], refuse);
  same(['instance'], expect.instance, arrivals.at(-1)?.application);
  same(['attempts'], expect.attempts, arrivals.length);
  const requests = arrivals.map(({ request }) => request);
  // Of several attempts the last one is looked at.
  checkReceived(expect.upstream, expect.attempts ? requests.slice(-1) : requests, ['upstream'], refuse);
  for (const [name, wanted] of Object.entries(expect.applications ?? {})) {
    const received = arrivals.filter(({ application }) => application === name);
    checkReceived(
      wanted,
      received.map(({ request }) => request),
      ['applications', name],
      refuse,
    );
  }
  for (const [name, wanted] of Object.entries(expect.callouts ?? {}))
    checkReceived(wanted, callouts[name] ?? [], ['callouts', name], refuse);
  checkLog(expect.log, outcome.log, refuse);
  for (const [name, value] of Object.entries(expect.metrics ?? {}))
    same(['metrics', name], value, outcome.metrics[name]);
}

/** Holds what all calls of a step saw together against what the scenario says. */
export function checkCounts(
  { statuses = {}, shares = {} }: Expectation,
  seen: readonly number[],
  arrivals: readonly Arrival[],
  refuse: Refuse,
): void {
  const within = (path: Path, [least, most]: readonly [number, number], count: number) => {
    if (count < least || count > most) refuse(path, `expected ${least} to ${most} of ${seen.length}, it was ${count}`);
  };
  for (const [status, bounds] of Object.entries(statuses))
    within(['statuses', status], bounds, seen.filter((one) => one === Number(status)).length);
  const other = seen.find((status) => Object.keys(statuses).length > 0 && !statuses[status]);
  if (other !== undefined) refuse(['statuses'], `expected no other status, one answer had ${other || 'none'}`);
  for (const [name, bounds] of Object.entries(shares))
    within(['shares', name], bounds, arrivals.filter(({ application }) => application === name).length);
}

function checkReceived(
  expect: false | ExpectedUpstream | undefined,
  received: SeenRequest[],
  at: Path,
  refuse: Refuse,
): void {
  if (expect === undefined) return;
  const [seen] = received;
  if (expect === false) {
    if (seen) refuse(at, `expected nothing to arrive there, ${seen.method} ${seen.path} did`);
    return;
  }
  if (!seen || received.length !== 1) {
    refuse(at, `expected one request to arrive there, ${received.length} did`);
    return;
  }
  for (const field of ['method', 'path', 'body'] as const) {
    const wanted = expect[field];
    if (wanted !== undefined && wanted !== seen[field])
      refuse([...at, field], `expected ${shown(wanted)}, it was ${shown(seen[field])}`);
  }
  const header = valueIn(seen.headers);
  for (const [name, value] of Object.entries(expect.headers)) {
    const found = header(name) ?? null;
    if (found !== value) refuse([...at, 'headers', name], `expected ${shown(value)}, it was ${shown(found)}`);
  }
  checkTrailers(expect.trailers, seen.trailers, [...at, 'trailers'], refuse);
}

function checkTrailers(
  expect: Record<string, string | null>,
  seen: RawAnswer['trailers'],
  at: Path,
  refuse: Refuse,
): void {
  const trailer = valueIn(seen ?? []);
  for (const [name, value] of Object.entries(expect)) {
    const found = trailer(name) ?? null;
    if (found !== value) refuse([...at, name], `expected ${shown(value)}, it was ${shown(found)}`);
  }
}

/** In this order, others may stand between them. */
function checkLog(expect: false | string[] | undefined, lines: readonly string[], refuse: Refuse): void {
  if (expect === undefined) return;
  const said = () => (lines.length === 0 ? 'nothing was logged' : `logged was:\n  ${lines.join('\n  ')}`);
  if (expect === false) {
    if (lines.length > 0) refuse(['log'], `expected no line, ${said()}`);
    return;
  }
  let from = 0;
  for (const [index, line] of expect.entries()) {
    const at = lines.indexOf(line, from);
    if (at < 0) {
      refuse(['log', index], `expected the line ${shown(line)}, ${said()}`);
      return;
    }
    from = at + 1;
  }
}

/** An answer that is no refusal of ours names no rule. */
function ruleIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { rule?: string } | null)?.rule;
  } catch {
    return undefined;
  }
}

function valueIn(headers: readonly (readonly [string, string])[]): (name: string) => string | undefined {
  return (name) => {
    const values = headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(',');
  };
}
