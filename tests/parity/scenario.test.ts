import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignCountdowns, recordOf } from './record.js';
import { durationMs, readScenario, simulatorOnly } from './scenario.js';

test('a misspelt field is refused: it would expect nothing', () => {
  const refused: [string, RegExp][] = [
    ['about: x\npolicys: []\nsteps: []', /x\.yaml: scenario: unknown field policys/],
    ['policies: []\nsteps: []', /about is missing/],
    ['about: x\nsteps: [{ request: { headres: [] } }]', /step 1 request: unknown field headres/],
    ['about: x\nsteps: [{}, { expect: { status: 200, upstream: { header: {} } } }]', /step 2 upstream: unknown field/],
    ['about: x\nsteps: [{ time: 3 }]', /step 1: unknown field time/],
  ];
  for (const [text, message] of refused) assert.throws(() => readScenario('x', text), message);
});

test('a text is repeated, a monotonic step makes it one for the simulator', () => {
  const scenario = readScenario('x', `about: x\nsteps: [{ request: { path: "/\${ab*3}" }, advance: { wall: -1m } }]`);
  assert.equal(scenario.steps[0]?.request?.path, '/ababab');
  assert.equal(simulatorOnly(scenario), false);
  assert.equal(simulatorOnly(readScenario('x', 'about: x\nsteps: [{ advance: { monotonic: 1s } }]')), true);
  assert.equal(durationMs('-90m'), -5_400_000);
  assert.throws(() => durationMs('1 day'), /is not a duration/);
});

test('a countdown may have counted down by the time that passed, and by no more', () => {
  const record = (retryAfter: string) =>
    recordOf('', { status: 429, headers: [['retry-after', retryAfter]], body: '' }, []);
  const aligned = (seen: string) => alignCountdowns([record(seen)], [record('900')], 1500)[0]?.answer.headers[0]?.[1];
  assert.equal(aligned('900'), '900');
  assert.equal(aligned('898'), '900');
  assert.equal(aligned('897'), '897');
  assert.equal(aligned('901'), '901');
});

test('what differs from run to run is masked where it stands, and nothing else', () => {
  const id = 'f3b4a2f0-1111-4222-8333-444455556666';
  const headers: [string, string][] = [
    ['date', 'Sat, 21 Nov 2026 10:15:00 GMT'],
    ['x-request-id', id],
    ['x-a', 'b'],
  ];
  const { answer } = recordOf('', { status: 401, headers, body: `{"requestId":"${id}"}` }, []);
  assert.deepEqual(answer.headers, [
    ['date', '…'],
    ['x-request-id', '…'],
    ['x-a', 'b'],
  ]);
  assert.equal(answer.body, '{"requestId":"…"}');
});
