import { signToken, tokenDate } from '@tollgate/model';
import type { Application } from '../support/application.js';
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
  for (const [index, { request, expect, times = 1, advance }] of scenario.steps.entries()) {
    const wallMs = durationMs(advance?.wall ?? '0ms');
    const monotonicMs = durationMs(advance?.monotonic ?? '0ms');
    if (wallMs !== 0) stage.stepWall(wallMs);
    if (monotonicMs !== 0) stage.stepMonotonic(monotonicMs);
    now += wallMs + monotonicMs;
    for (let count = 1; request && count <= times; count++) {
      const before = stage.application.seen.length;
      const port = request.via === 'consumer' ? stage.consumerPort : stage.providerPort;
      const answer = await rawHttp({ ...wireRequest(request, new Date(now)), port });
      const upstream = stage.application.seen.slice(before);
      const { method = 'GET', path = '/' } = request;
      const where = `step ${index + 1}${times > 1 ? `, time ${count}` : ''}: ${method} ${path.slice(0, 80)}`;
      if (expect) check(expect, { answer, upstream, elapsedMs: stage.elapsedMs() }, where);
      records.push(recordOf(where, answer, upstream));
    }
  }
  return records;
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
