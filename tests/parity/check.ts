import assert from 'node:assert/strict';
import type { SeenRequest } from '../support/application.js';
import type { RawAnswer } from '../support/raw-http.js';
import { countdowns, countsDownTo } from './record.js';
import type { Expectation, ExpectedUpstream } from './scenario.js';

export interface Outcome {
  answer: RawAnswer;
  upstream: SeenRequest[];
  /** By how much the monotonic clock went on since the scenario began. */
  elapsedMs: number;
}

/** Holds what was seen against what the scenario says. */
export function check(expect: Expectation, { answer, upstream, elapsedMs }: Outcome, where: string): void {
  const header = valueIn(answer.headers);
  const seen = `${where}: ${answer.status} ${header('x-tollgate-reason') ?? ''} ${answer.body}`;
  assert.equal(answer.status, expect.status, seen);
  if (expect.reason !== undefined) assert.equal(header('x-tollgate-reason'), expect.reason, seen);
  if (expect.rule !== undefined) assert.equal(JSON.parse(answer.body).rule, expect.rule, seen);
  if (expect.body !== undefined) assert.equal(answer.body, expect.body, seen);
  for (const [name, value] of Object.entries(expect.headers ?? {})) {
    const found = header(name) ?? null;
    const counted = value !== null && found !== null && countdowns.has(name) && countsDownTo(value, found, elapsedMs);
    if (!counted) assert.equal(found, value, `${where}: header ${name}`);
  }
  if (expect.upstream === false) assert.equal(upstream.length, 0, `${where}: reached the application`);
  if (expect.upstream) checkUpstream(expect.upstream, upstream, where);
}

function checkUpstream(expect: ExpectedUpstream, upstream: SeenRequest[], where: string): void {
  const [seen] = upstream;
  assert.ok(seen && upstream.length === 1, `${where}: reached the application ${upstream.length} times`);
  if (expect.path !== undefined) assert.equal(seen.path, expect.path, `${where}: path upstream`);
  const header = valueIn(seen.headers);
  for (const [name, value] of Object.entries(expect.headers ?? {}))
    assert.equal(header(name) ?? null, value, `${where}: header ${name} upstream`);
}

function valueIn(headers: [string, string][]): (name: string) => string | undefined {
  return (name) => {
    const values = headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(',');
  };
}
