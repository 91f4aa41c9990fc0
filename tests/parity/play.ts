import { signToken, tokenDate } from '@tollgate/model';
import type { Application, SeenRequest } from '../support/application.js';
import { rawHttp } from '../support/raw-http.js';
import { check } from './check.js';
import { type Record, recordOf } from './record.js';
import { durationMs, type Scenario, type ScenarioRequest, type ScenarioToken } from './scenario.js';

/** Where a scenario runs: the two proxies, the application behind them, and their clocks. */
export interface Stage {
  providerPort: number;
  consumerPort: number;
  application: Application;
  stepWall(ms: number): void;
  /** Lets time pass, on both clocks. */
  stepMonotonic(ms: number): void;
  /** By how much the monotonic clock went on by itself. */
  elapsedMs(): number;
}

const defaultTime = '2026-11-21T10:15:00Z';

export function startTime({ at = defaultTime }: Scenario): Date {
  return new Date(at);
}

/** Plays a scenario, checks what it expects, and returns all that was seen. */
export async function play(scenario: Scenario, stage: Stage): Promise<Record[]> {
  const records: Record[] = [];
  let now = startTime(scenario).getTime();
  let held: (() => Promise<void>)[] = [];
  for (const [index, step] of scenario.steps.entries()) {
    const { request, expect, times = 1, advance } = step;
    const wallMs = durationMs(advance?.wall ?? '0ms');
    const monotonicMs = durationMs(advance?.monotonic ?? '0ms');
    if (wallMs !== 0) stage.stepWall(wallMs);
    if (monotonicMs !== 0) stage.stepMonotonic(monotonicMs);
    now += wallMs + monotonicMs;
    for (let count = 1; request && count <= times; count++) {
      const before = stage.application.seen.length;
      const port = request.via === 'consumer' ? stage.consumerPort : stage.providerPort;
      const wire = wireRequest(step.held ? hold(request) : request, new Date(now));
      const answering = rawHttp({ ...wire, port });
      const { method = 'GET', path = '/' } = request;
      const where = `step ${index + 1}${times > 1 ? `, time ${count}` : ''}: ${method} ${path.slice(0, 80)}`;
      const conclude = async (upstream: SeenRequest[] | undefined) => {
        const answer = await answering;
        const seen = upstream ?? stage.application.seen.slice(before);
        if (expect) check(expect, { answer, upstream: seen, elapsedMs: stage.elapsedMs() }, where);
        records.push(recordOf(where, answer, seen));
      };
      if (step.held) {
        // An answer instead of an arrival is a refusal that nobody expected: it is shown when the step is concluded.
        await Promise.race([stage.application.arrived(before + 1), answering]);
        const upstream = stage.application.seen.slice(before);
        held.push(() => conclude(upstream));
      } else await conclude(undefined);
    }
    if (!step.release) continue;
    stage.application.release();
    for (const conclude of held) await conclude();
    held = [];
  }
  return records;
}

function hold(request: ScenarioRequest): ScenarioRequest {
  return { ...request, headers: [...(request.headers ?? []), ['x-hold', 'yes']] };
}

function wireRequest({ method, path, headers = [], from, body, token }: ScenarioRequest, now: Date) {
  return {
    headers: token ? [...headers, tokenHeader(token, now)] : headers,
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(from === undefined ? {} : { from }),
    ...(body === undefined ? {} : { body }),
  };
}

function tokenHeader(token: ScenarioToken, now: Date): [name: string, value: string] {
  const { system, secret, at, digest = 'hmac-sha256', date = 'day', nonce, header = 'x-tollgate-token' } = token;
  const signed = signToken(digest, secret, {
    system,
    date: tokenDate(at ? new Date(at) : now, date),
    ...(nonce === undefined ? {} : { nonce }),
  });
  const hex = token.upperCase ? signed.digest.toUpperCase() : signed.digest;
  return [header, [signed.system, signed.date, ...(nonce === undefined ? [] : [nonce]), hex].join('.')];
}
