import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { askingFilter } from '../support/asking-filter.js';
import { startTollgate, tollgate } from '../support/cli.js';
import { realEnvoy } from '../support/envoy.js';
import { Folder } from '../support/folder.js';
import { tinyFilter } from '../support/tiny-filter.js';

const scenario = `about: A filter that counts, marks and asks.
filters: [{ wasm: filter.wasm, config: { a: 1 } }]
clusters: { authz: { status: 200 } }
steps:
  - request: { path: /a }
    expect:
      status: 200
      upstream: { path: /a, headers: { x-added: "yes" } }
      metrics: { asking.hits: 1 }
      callouts: { authz: false }
  - request: { method: POST, path: /b, body: hello, headers: [[x-ask, "1"]] }
    answer: { status: 418, body: tea, headers: [[x-kind, green]] }
    expect:
      status: 418
      headers: { x-kind: green }
      body: tea
      upstream: { method: POST, body: hello }
      log: ["info: asks"]
      callouts: { authz: { method: GET, path: /check } }
  - request: { headers: [[x-ask, "1"]] }
    clusters: { authz: { status: 403 } }
    expect: { status: 403, body: not allowed, upstream: false, metrics: { asking.hits: 3 } }
  - request: {}
    answer: { cut: true }
    expect: { status: 503 }
`;
const timeless = `about: The answer of authz never comes.
filters: [{ wasm: filter.wasm }]
clusters: { authz: { hold: true } }
steps:
  - request: { headers: [[x-ask, "1"]] }
    held: true
    expect: { status: 403, upstream: false }
  - advance: { monotonic: 1s }
    release: true
  - fault: { trapAtHostCall: 2 }
    request: {}
    expect: { status: 503 }
`;
const wrong = scenario.replace('status: 418\n', 'status: 419\n').replace('body: tea\n', 'body: coffee\n');

describe('tollgate test', () => {
  const folder = new Folder({ 'good/one.yaml': scenario, 'time/two.yaml': timeless, 'wrong/three.yaml': wrong });
  before(async () => {
    const wasm = await tinyFilter(askingFilter);
    for (const name of ['good', 'time', 'wrong']) folder.write(`${name}/filter.wasm`, wasm);
    await realEnvoy();
  });

  test('a foreign filter is tested with YAML alone, in both', async () => {
    const { status, stdout } = await tollgate(['test', '--both', folder.file('good')]);
    assert.equal(stdout, '✔ one, in the simulator\n✔ one, in Envoy\n✔ one, the same in both\n3 passed, 0 failed\n');
    assert.equal(status, 0);
  });

  test('what no real Envoy can do runs in the simulator, and is skipped there by name', async () => {
    const { status, stdout } = await tollgate(['test', '--both', folder.file('time')]);
    assert.equal(
      stdout,
      `✔ two, in the simulator
○ two, in Envoy (skipped: step 2 advances the monotonic clock, which no real Envoy's can)
1 passed, 0 failed, 1 skipped
`,
    );
    assert.equal(status, 0);
  });

  test('what is not as expected: status 1, each at its line, with the conversation', async () => {
    const { status, stdout } = await tollgate(['test', 'wrong'], { cwd: folder.path });
    assert.match(
      stdout,
      /^✖ three, in the simulator\n {4}wrong\/three\.yaml:14:7 steps\[1\]\.expect\.status: expected 419/,
    );
    assert.match(stdout, /wrong\/three\.yaml:16:7 steps\[1\]\.expect\.body: expected "coffee", it was "tea"/);
    assert.match(stdout, /proxy_get_header_map_value\(map_type="request_headers", key="x-ask"\) = Ok "1"\n/);
    assert.equal(status, 1);
  });

  test('--reporter tap and junit, and --json', async () => {
    const tap = await tollgate(['test', '--reporter', 'tap', 'wrong', 'good'], { cwd: folder.path });
    assert.match(
      tap.stdout,
      /^TAP version 13\nok 1 - one, in the simulator\nnot ok 2 - three, in the simulator\n {2}---\n/,
    );
    assert.match(tap.stdout, /\n1\.\.2\n$/);
    assert.equal(tap.status, 1);
    const junit = await tollgate(['test', '--reporter', 'junit', 'wrong', 'time', '--both'], { cwd: folder.path });
    assert.match(
      junit.stdout,
      /^<\?xml[^\n]*\n<testsuites name="tollgate" tests="4" failures="2" errors="0" skipped="1" time="\d+\.\d{3}">/,
    );
    assert.match(junit.stdout, /<testcase name="three, in Envoy" classname="three" file="\S+" time="0*[1-9.][\d.]*">/);
    assert.match(
      junit.stdout,
      /<failure message="expected 419, the answer was 418 &quot;tea&quot;">wrong\/three.yaml:14/,
    );
    const json = await tollgate(['test', '--json', 'wrong', 'good'], { cwd: folder.path });
    const { passed, failed, scenarios } = JSON.parse(json.stdout);
    assert.deepEqual([json.status, passed, failed, scenarios[1].parts[0].mistakes[0].line], [1, 1, 1, 14]);
  });

  test('mistakes in a scenario: status 1, before anything runs', async () => {
    folder.write('mistaken/four.yaml', 'about: x\nfilters: [{ wasm: none.wasm }]\nsteps: []\n');
    folder.write('mistaken/five.yaml', 'about: x\nstep: []\n');
    folder.write('mistaken/six.yaml', 'about: x\nsteps:\n  - request: { from: "[::1]" }\n');
    const { status, stdout, stderr } = await tollgate(['test', 'mistaken'], { cwd: folder.path });
    assert.match(
      stderr,
      /^mistaken\/five\.yaml:1:1 steps: is required[^\n]*\nmistaken\/five\.yaml:2:1 step: unknown field/,
    );
    assert.match(
      stderr,
      /mistaken\/six\.yaml:3:16 steps\[0\]\.request\.from: is not an IP address, drop the brackets: write "::1"/,
    );
    assert.match(stderr, /mistaken\/four\.yaml:2:13 filters\[0\]\.wasm: cannot be read: ENOENT/);
    assert.deepEqual([status, stdout], [1, '']);
  });

  test('a report is written also where a scenario is broken, or no Envoy is there', async () => {
    folder.write('broken/five.yaml', 'about: x\nstep: []\n');
    const junit = await tollgate(['test', '--reporter', 'junit', 'broken'], { cwd: folder.path });
    assert.match(
      junit.stdout,
      /^<\?xml[^\n]*\n<testsuites name="tollgate" tests="1" failures="0" errors="1" skipped="0" time=/,
    );
    assert.match(
      junit.stdout,
      /<error message="broken\/five\.yaml:1:1 steps: is required[^\n]*\nbroken\/five\.yaml:2:1 step: unknown/,
    );
    assert.match(junit.stderr, /^broken\/five\.yaml:1:1 steps: is required/);
    assert.equal(junit.status, 1);
    const tap = await tollgate(['test', '--reporter', 'tap', 'broken'], { cwd: folder.path });
    assert.match(tap.stdout, /^TAP version 13\nnot ok 1 - five\n {2}---\n[\s\S]*\n1\.\.1\n$/);
    const absent = await tollgate(['test', '--reporter', 'junit', 'nowhere'], { cwd: folder.path });
    assert.match(absent.stdout, /<error message="there is no file or directory nowhere"/);
    const env = { TOLLGATE_ENVOY: '', TOLLGATE_CACHE: folder.file('no-cache'), PATH: folder.path };
    const none = await tollgate(['test', '--both', '--reporter', 'junit', 'good', 'good'], { cwd: folder.path, env });
    assert.match(
      none.stdout,
      /<testcase name="one" file="good\/one\.yaml" classname="one" time="0\.000">\n {6}<error message="no Envoy is available: /,
    );
    assert.match(none.stdout, /<\/testsuites>\n$/);
    assert.match(none.stderr, /^tollgate: no Envoy is available: /m);
    assert.equal(none.status, 3);
  });

  test('a file that is no module, a truncated one and one of 64 bits are told apart', async () => {
    const wasm = await tinyFilter(askingFilter);
    const memory64 = Buffer.from('0061736d010000000503010401', 'hex');
    const bad: [Uint8Array, RegExp][] = [
      [Buffer.from('hello'), /bad\/six\.yaml:2:1 filters: \[module_refused\] not a WebAssembly module/],
      [wasm.subarray(0, 200), /bad\/six\.yaml:2:1 filters: \[module_refused\] .*ends early/],
      [memory64, /bad\/six\.yaml:2:1 filters: \[module_refused\] .*64-bit memory/],
    ];
    folder.write('bad/six.yaml', 'about: x\nfilters: [{ wasm: filter.wasm }]\nsteps: [{ request: {} }]\n');
    for (const [bytes, said] of bad) {
      folder.write('bad/filter.wasm', bytes);
      const { status, stdout } = await tollgate(['test', 'bad'], { cwd: folder.path });
      assert.match(stdout, said);
      assert.equal(status, 1);
    }
  });

  test('a filter that loops for ever is stopped, and its callback is named', async () => {
    const loop = 'export function proxy_on_request_headers(a: u32, b: u32, c: u32): u32 { while (true) {} }';
    folder.write('loop/filter.wasm', await tinyFilter(loop));
    folder.write('loop/seven.yaml', 'about: x\nfilters: [{ wasm: filter.wasm }]\nsteps:\n  - request: {}\n');
    const { status, stdout } = await tollgate(['test', 'loop'], { cwd: folder.path });
    assert.match(stdout, /loop\/seven\.yaml:4:5 steps\[0\]: \[budget_spent\] proxy_on_request_headers went on for/);
    assert.equal(status, 1);
  });

  test('no scenarios, or both places at once, is a usage error', async () => {
    const cwd = new Folder().path;
    assert.equal((await tollgate(['test'], { cwd })).status, 2);
    assert.equal((await tollgate(['test', '--envoy', '--both', 'x'], { cwd })).status, 2);
    assert.equal((await tollgate(['test', 'nowhere.yaml'], { cwd })).status, 1);
  });

  test('--watch runs again when a scenario changes', async () => {
    folder.write('watched/filter.wasm', await tinyFilter(askingFilter));
    folder.write('watched/one.yaml', scenario);
    const running = startTollgate(['test', '--watch', 'watched'], { cwd: folder.path });
    await running.line(/^1 passed, 0 failed/);
    await running.line(/^watching for changes/);
    folder.write('watched/one.yaml', wrong);
    await running.line(/^0 passed, 1 failed/);
    assert.equal((await running.stop('SIGINT')).status, 0);
  });
});
