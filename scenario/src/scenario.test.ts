import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMistake } from '@tollgate/policies';
import { firstDifference } from './compare.js';
import { alignCountdowns, recordOf } from './record.js';
import { readScenario, simulatorOnly } from './scenario.js';

const read = (text: string) => {
  const { scenario, mistakes } = readScenario('x.yaml', text);
  assert.ok(scenario, mistakes.map(formatMistake).join('\n'));
  return scenario;
};
const nothing = { arrivals: [], callouts: {} };

test('a mistake is refused at its line and column: a misspelt field would expect nothing', () => {
  const refused: [text: string, ...mistakes: string[]][] = [
    ['about: x\npolicys: []\nsteps: []', 'x.yaml:2:1 policys: unknown field "policys", did you mean "policies"?'],
    ['policies: []\nsteps: []', 'x.yaml:1:1 about: is required, write text'],
    ['about: x\nsteps: {}', 'x.yaml:2:8 steps: is a mapping, write a list, each item after "- "'.replace('2:8', '2:1')],
    [
      'about: x\nsteps:\n  - request: { headres: [] }\n  - { time: 3 }',
      'x.yaml:3:16 steps[0].request.headres: unknown field "headres", did you mean "headers"?',
      'x.yaml:4:7 steps[1].time: unknown field "time", did you mean "times"?',
    ],
    [
      'about: x\nsteps: [{ advance: { wall: 1 day } }]',
      'x.yaml:2:22 steps[0].advance.wall: "1 day" is not a duration, write for example 250ms, 10s, 5m or -2h',
    ],
    [
      'about: x\npolicies: [{ kind: TokenPolicy, metadata: { name: t }, spec: {} }]\nsteps: []',
      'x.yaml:2:56 policies[0].spec.systems: is required, write a list, each item after "- "',
    ],
    [
      'about: x\nfilters: [{ wasm: a.wasm }]\nsteps: [{ clusters: { authz: { status: 200 } } }]',
      'x.yaml:3:9 steps[0]: no cluster is named "authz": write it under clusters',
    ],
    [
      'about: x\nsteps: [{ expect: { status: 200, log: ["hello"] } }]',
      'x.yaml:2:40 steps[0].expect.log[0]: write a line as "level: text", for example "info: hello"',
    ],
    [
      'about: x\nfilters: [{ wasm: a.wasm }]\nsteps: [{ request: { trailers: [[a, b]] }, answer: { trailers: [[a, b]] } }]',
      'x.yaml:3:22 steps[0].request.trailers: is of HTTP/2: write protocol: http2 and filters',
      'x.yaml:3:54 steps[0].answer.trailers: is of HTTP/2: write protocol: http2 and filters',
    ],
    [
      'about: [\n',
      'x.yaml:2:1 is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'about: x\ninstances: { v1: {} }\nsteps: [{ answers: { v2: {} }, expect: { status: 200, shares: { v3: [1, 2] } } }]',
      'x.yaml:3:22 steps[0].answers.v2: no instance or application is named "v2": v1',
      'x.yaml:3:65 steps[0].expect.shares.v3: no instance or application is named "v3": v1',
    ],
    [
      'about: x\ninstances: { v1: { weight: 0 } }\napplications: { v1: {} }\nsteps: []',
      'x.yaml:3:17 applications.v1: is also the name of an instance',
    ],
    [
      'about: x\napplications: { a: {} }\npolicies: [{ kind: Service, metadata: { name: s }, spec: { instances: [{ address: 127.0.0.1, port: $port(b) }] } }]\nsteps: []',
      'x.yaml:3:94 policies[0].spec.instances[0].port: no instance or application is named "b": vendors, a',
    ],
    [
      'about: x\nsteps: [{ request: {}, expect: {} }, { request: {}, expect: { status: 200, statuses: { 200: [2, 1] } } }]',
      'x.yaml:2:24 steps[0].expect.status: is required, write a number, or statuses: {200: [least, most]}',
      'x.yaml:2:88 steps[1].expect.statuses.200: the first number is the smaller one',
      'x.yaml:2:63 steps[1].expect.status: says the same as statuses, write one of the two',
    ],
    [
      'about: x\nsteps: [{ held: true, request: {}, expect: { statuses: { 200: [1, 2] } } }]',
      'x.yaml:2:46 steps[0].expect.statuses: counts the calls of one step: leave out held and release',
    ],
    [
      'about: x\nfilters: [{ wasm: a.wasm }]\ninstances: { v1: {} }\nsteps: [{ expect: { status: 200, instance: v1 } }]',
      'x.yaml:3:1 instances: belongs to policies, not to filters',
      'x.yaml:4:34 steps[0].expect.instance: belongs to policies, not to filters',
    ],
    ['', 'x.yaml:1:1 contains no scenario'],
    ['about: x\nsteps: []\n---\nabout: y\nsteps: []', 'x.yaml:4:1 is a second document: a file holds one scenario'],
  ];
  for (const [text, ...expected] of refused)
    assert.deepEqual(readScenario('x.yaml', text).mistakes.map(formatMistake), expected, text);
});

test('a text is repeated; a step of the monotonic clock, or a fault, makes it one for the simulator', () => {
  const scenario = read(`about: x\nsteps: [{ request: { path: "/\${ab*3}" }, advance: { wall: -90m } }]`);
  assert.equal(scenario.steps[0]?.request?.path, '/ababab');
  assert.equal(scenario.steps[0]?.advance?.wall, -5_400_000);
  assert.equal(simulatorOnly(scenario), undefined);
  assert.match(simulatorOnly(read('about: x\nsteps: [{}, { advance: { monotonic: 1s } }]')) ?? '', /^step 2 advances/);
  assert.match(
    simulatorOnly(read('about: x\nsteps: [{ fault: { trapAtHostCall: 1 } }]')) ?? '',
    /^step 1 injects a fault/,
  );
});

test('a countdown may have counted down by the time that passed, and by no more', () => {
  const record = (retryAfter: string) =>
    recordOf('', { status: 429, headers: [['retry-after', retryAfter]], body: '' }, nothing);
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
  const { answer } = recordOf('', { status: 401, headers, body: `{"requestId":"${id}"}` }, nothing);
  assert.deepEqual(answer.headers, [
    ['date', '…'],
    ['x-request-id', '…'],
    ['x-a', 'b'],
  ]);
  assert.equal(answer.body, '{"requestId":"…"}');
});

test('the first difference between both is named: where it is, and what either has', () => {
  const played = (status: number, log: string[], hits: number) => ({
    records: [recordOf('step 1: GET /', { status, headers: [['x-a', 'b']], body: '' }, nothing)],
    log,
    metrics: { hits },
    elapsedMs: 0,
  });
  const one = played(200, ['info: a', 'info: b'], 1);
  assert.equal(firstDifference(one, played(200, ['info: b', 'info: a'], 1), []), undefined);
  assert.equal(
    firstDifference(one, played(503, [], 2), []),
    'step 1: GET /: answer.status: the simulator has 200, Envoy has 503',
  );
  assert.equal(
    firstDifference(one, played(200, ['info: a'], 2), []),
    'log[1]: the simulator has "info: b", Envoy has none',
  );
  assert.equal(firstDifference(one, played(200, [], 2), ['log']), 'metrics.hits: the simulator has 1, Envoy has 2');
  assert.equal(firstDifference(one, played(200, [], 2), ['log', 'metrics']), undefined);
});
