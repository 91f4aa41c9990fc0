import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { root } from '../support/cli.js';
import { realEnvoy } from '../support/envoy.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { listen } from '../support/listen.js';
import { descendants, envoysOf, gone } from '../support/processes.js';
import { RunningProcess } from '../support/running-process.js';

// The quickstart's ports are its own (7000, 7001, 9001, 9901, 15001), so everything that runs it stands in this file, one
// test after the other.
const ports = [7000, 7001, 9001, 15001];

/** What `npm start` does once all is installed and built. */
function startQuickstart(context: TestContext, env: Record<string, string> = {}): RunningProcess {
  const code =
    "const { quickstart } = await import('./examples/quickstart/quickstart.mjs'); process.exitCode = await quickstart();";
  const program = new RunningProcess(process.execPath, ['--input-type=module', '-e', code], { cwd: root, env });
  context.after(() => program.stop());
  return program;
}

const up = (program: RunningProcess) => program.line(/Running until Ctrl-C\.$/);

/** The rows of the table that it prints: status, reason and rule. */
function rowsOf({ output }: RunningProcess): [status: string, reason: string, rule: string][] {
  const rows = output.matchAll(/^ {2}\S.{44,} (\d{3}|skipped)(?: +(\S+) +(\S+))?$/gm);
  return [...rows].map(([, status = '', reason = '', rule = '']) => [status, reason, rule]);
}

const expected = [
  ['200', '', ''],
  ['401', 'token_missing', 'vendors-token/default'],
  ['401', 'token_expired', 'vendors-token/default'],
  ['403', 'address_denied', 'vendors-access/banned'],
  ['429', 'rate_limited', 'vendors-limits/per-consumer'],
];

async function endsCleanly(program: RunningProcess): Promise<void> {
  const pids = descendants(program.pid);
  const { status, stdout } = await program.stop('SIGINT');
  assert.deepEqual([status, stdout.trim().split('\n').at(-1)], [0, 'stopped']);
  await gone(pids);
  await nobodyListens();
}

async function nobodyListens(): Promise<void> {
  for (const port of ports) await assert.rejects(fetchText(`http://127.0.0.1:${port}/`), { code: 'ECONNREFUSED' });
}

describe('the quickstart', () => {
  test('through two Envoys: the table, curl lines that work, and Ctrl-C', async (context) => {
    const program = startQuickstart(context);
    await up(program);
    assert.deepEqual(rowsOf(program), expected, program.output);
    assert.match(program.output, /^Envoy 1\.40\.\d+ \(/m);
    assert.equal(envoysOf(program.pid).length, 2);
    // One of the lines, as it stands there.
    const [line = ''] =
      /curl -i http:\/\/127\.0\.0\.1:9001\/vendors\/7 --interface 127\.0\.0\.13/.exec(program.output) ?? [];
    const { stdout } = await new RunningProcess('sh', ['-c', `${line} -s`]).ended;
    assert.match(stdout, /^HTTP\/1\.1 403 [\s\S]*x-tollgate-reason: address_denied/);
    await endsCleanly(program);
  });

  test('an Envoy killed with -9 is started again, and the quickstart goes on', async (context) => {
    const program = startQuickstart(context);
    await up(program);
    for (const envoy of envoysOf(program.pid)) {
      const after = program.linesSaid;
      process.kill(envoy, 'SIGKILL');
      await program.line(/^warning: Envoy of node (vendors|orders)-1 ended \(signal SIGKILL\), next try in 0\.25 s$/, {
        after,
      });
      await program.line(/^(vendors|orders)-1: Envoy serves again$/, { after });
    }
    // Through both of them.
    assert.equal((await fetchText('http://127.0.0.1:7000/orders/1')).status, 200);
    await endsCleanly(program);
  });

  test('killed with -9 itself: its Envoys go with it', async (context) => {
    const program = startQuickstart(context);
    await up(program);
    const pids = descendants(program.pid);
    assert.equal(pids.length, 3, 'tollgate run and two Envoys');
    await program.stop('SIGKILL');
    await gone(pids);
    await nobodyListens();
  });

  test('its own ports in use: that another quickstart runs, and nothing is started', async (context) => {
    const first = startQuickstart(context);
    await up(first);
    const { status, stderr } = await startQuickstart(context).ended;
    assert.equal(status, 3);
    assert.match(
      stderr,
      /^the quickstart cannot start: something listens on ports of 127\.0\.0\.1 that it needs\n {2}7000, for the service orders\n/,
    );
    assert.match(stderr, /^it looks as if another quickstart runs: end it with Ctrl-C, then start again$/m);
    assert.equal((await fetchText('http://127.0.0.1:9001/healthz')).status, 200, 'the first goes on');
    await endsCleanly(first);
  });

  test('another program on one of its ports: which port, what for, and how to find the program', async (context) => {
    const other = createServer();
    await listen(other, 9001);
    context.after(() => other.close());
    // As `npm start` does it: told before anything is built.
    const { status, stdout, stderr } = await new RunningProcess(process.execPath, ['tools/start.mjs'], { cwd: root })
      .ended;
    assert.deepEqual(
      [status, stdout, stderr],
      [
        3,
        'Tollgate quickstart\n',
        "the quickstart cannot start: something listens on a port of 127.0.0.1 that it needs\n  9001, for the Envoy of vendors\nend the program that has it (this shows which: ss -ltnp 'sport = :9001'), then start again\n",
      ],
    );
  });

  test('the ports that it looks at are those of its policies', () => {
    const files = ['examples/quickstart/services.yaml', 'examples/quickstart/ports.mjs'];
    const [policies = '', script = ''] = files.map((name) => readFileSync(join(root, name), 'utf8'));
    const named = new Set([...policies.matchAll(/port: (\d+)/g)].map(([, port]) => port));
    assert.deepEqual([...script.matchAll(/^ {2}\[(\d+),/gm)].map(([, port]) => port).sort(), [...named].sort());
  });

  for (const [signal, at] of [
    ['SIGINT', /^starting the Envoys/],
    ['SIGTERM', /^Envoy 1\.40/],
    ['SIGHUP', /^ {2}straight to vendors/],
    ['SIGTERM', /^Running|Running until Ctrl-C/],
  ] as const)
    test(`${signal} after the line ${at}: one word more, and nothing is left`, async (context) => {
      const program = startQuickstart(context);
      await program.line(at);
      const pids = descendants(program.pid);
      const { status, stdout, stderr } = await program.stop(signal);
      assert.equal(status, 0);
      const lines = stdout.trim().split('\n');
      assert.equal(lines.at(-1), 'stopped');
      assert.doesNotMatch(stderr, /did not come|Error|nothing of it is left/);
      assert.equal(lines.filter((line) => line === 'stopped').length, 1);
      await gone(pids);
      await nobodyListens();
    });

  for (const [signal, at] of [
    ['SIGTERM', /Running until Ctrl-C/],
    ['SIGINT', /Running until Ctrl-C/],
  ] as const)
    test(`npm start itself ends with all that it has started: ${signal} after ${at}`, async (context) => {
      const program = new RunningProcess('npm', ['start'], { cwd: root });
      context.after(() => program.stop('SIGTERM'));
      await program.line(at);
      const pids = descendants(program.pid);
      const { stdout, stderr } = await program.stop(signal);
      assert.equal(stdout.trim().split('\n').at(-1), 'stopped', stderr);
      await gone(pids);
      await nobodyListens();
    });

  test('TOLLGATE_DATA_PLANE=simulator: the same table without any Envoy', async (context) => {
    const program = startQuickstart(context, { TOLLGATE_DATA_PLANE: 'simulator' });
    await up(program);
    assert.deepEqual(rowsOf(program), expected, program.output);
    assert.match(
      program.output,
      /^the traffic runs through the simulator instead of an Envoy \(TOLLGATE_DATA_PLANE=simulator\)$/m,
    );
    assert.deepEqual(envoysOf(program.pid), []);
    await endsCleanly(program);
  });

  test('where no Envoy is available it says so in one line, and runs through the simulator', async (context) => {
    const folder = new Folder({ 'cache/README': 'no Envoy here', 'bin/README': 'neither Python nor pip nor Envoy' });
    symlinkSync(process.execPath, folder.file('bin/node'));
    const env = { TOLLGATE_CACHE: folder.file('cache'), PATH: dirname(folder.file('bin/node')), TOLLGATE_ENVOY: '' };
    const program = startQuickstart(context, env);
    await up(program);
    assert.deepEqual(rowsOf(program), expected, program.output);
    assert.match(
      program.output,
      /^the traffic runs through the simulator instead of an Envoy \(no Envoy is available: .+\)$/m,
    );
    await endsCleanly(program);
  });

  test('TOLLGATE_ENVOY is taken, and a wrong one is an error, not a reason for the simulator', async (context) => {
    const { path } = await realEnvoy();
    const program = startQuickstart(context, { TOLLGATE_ENVOY: path });
    await up(program);
    assert.match(program.output, new RegExp(`^Envoy 1\\.40\\.\\d+ \\(TOLLGATE_ENVOY: ${path}\\)$`, 'm'));
    await endsCleanly(program);
    const wrong = await startQuickstart(context, { TOLLGATE_ENVOY: '/nowhere/envoy' }).ended;
    assert.equal(wrong.status, 3);
    assert.match(
      wrong.stderr,
      /^TOLLGATE_ENVOY=\/nowhere\/envoy is not an executable file: name an Envoy, or unset it$/m,
    );
  });
});
