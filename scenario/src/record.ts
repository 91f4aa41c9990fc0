import type { SeenRequest } from './application.js';
import type { RawAnswer } from './raw-http.js';
import type { Arrival } from './stages.js';

/** What a caller and the application saw of one request, without what differs from run to run. */
export interface Record {
  /** Which request of the scenario. */
  request: string;
  answer: RawAnswer;
  upstream: SeenRequest[];
  /** What each cluster that the filters call received. */
  callouts: { [cluster: string]: SeenRequest[] };
}

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The nonce that a proxy chose, and the digest over it. */
const signedNonce = /(?<=\.)[0-9a-f]{32}\.[0-9a-f]{64}$/g;

/** Differ from run to run by their nature, whoever ran it. That they are there, and where, is compared. */
const unstable = new Set(['date', 'x-envoy-upstream-service-time']);

export function recordOf(
  request: string,
  answer: RawAnswer,
  { arrivals, callouts }: { arrivals: readonly Arrival[]; callouts: Record['callouts'] },
): Record {
  const stableAll = (list: SeenRequest[]) => list.map((seen) => ({ ...seen, headers: stable(seen.headers) }));
  return {
    request,
    answer: { ...answer, headers: stable(answer.headers), body: answer.body.replace(uuid, '…') },
    // Which instance was asked may be chance, and so is the order of a call and its mirror.
    upstream: stableAll(arrivals.map(({ request }) => request)).toSorted(bySpelling),
    callouts: Object.fromEntries(Object.entries(callouts).map(([name, list]) => [name, stableAll(list)])),
  };
}

const bySpelling = (one: SeenRequest, other: SeenRequest) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

/** Header lines without what differs from run to run. */
export function stable(headers: [string, string][]): [string, string][] {
  return headers.map(([name, value]) => [
    name,
    unstable.has(name.toLowerCase()) ? '…' : value.replace(uuid, '…').replace(signedNonce, '…'),
  ]);
}

/** Count down on the monotonic clock, which stands still in the simulator only. */
export const countdowns = new Set(['retry-after', 'x-ratelimit-reset']);

/** True where a countdown that should say `expected` can say `seen` when so much time may have passed. */
export function countsDownTo(expected: string, seen: string, elapsedMs: number): boolean {
  return Number(seen) <= Number(expected) && Number(seen) >= Number(expected) - Math.ceil(elapsedMs / 1000);
}

/** Real records with the simulator's countdowns, where they say the same. */
export function alignCountdowns(real: Record[], simulated: Record[], elapsedMs: number): Record[] {
  return real.map((record, index) => {
    const headers = record.answer.headers.map(([name, value]): [string, string] => {
      const expected = simulated[index]?.answer.headers.find(([other]) => other === name)?.[1];
      const aligned = countdowns.has(name) && expected !== undefined && countsDownTo(expected, value, elapsedMs);
      return [name, aligned ? expected : value];
    });
    return { ...record, answer: { ...record.answer, headers } };
  });
}
