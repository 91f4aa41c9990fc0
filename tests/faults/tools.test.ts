import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../support/cli.js';
import { Folder } from '../support/folder.js';
import { descendants, gone } from '../support/processes.js';
import { RunningProcess } from '../support/running-process.js';
import { until } from '../support/wait.js';

/** A tool whose program has a child of its own, as a build has. */
function tool(more = ''): RunningProcess {
  const code = `import { endsWhenAsked, runProgram } from './tools/program.mjs'; ${more}
    await runProgram('sh', ['-c', 'sleep 600 & echo runs; wait'], { stdio: 'inherit' }).ended;
    console.log('went on');`;
  return new RunningProcess(process.execPath, ['--input-type=module', '-e', code], { cwd: root });
}

describe('the programs of a tool', () => {
  for (const [signal, status] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    test(`end with it, and theirs too: ${signal}`, async (context) => {
      const running = tool();
      context.after(() => running.stop('SIGKILL'));
      await running.line(/^runs$/);
      const pids = descendants(running.pid);
      assert.equal(pids.length, 2);
      const ended = await running.stop(signal);
      assert.deepEqual([ended.status, ended.stdout, ended.stderr], [status, 'runs\n', 'stopped\n']);
      await gone(pids);
    });

  test('one that ordinarily ends when it is asked to has status 0', async () => {
    const running = tool('endsWhenAsked();');
    await running.line(/^runs$/);
    assert.equal((await running.stop('SIGINT')).status, 0);
  });

  test('one that heeds no SIGTERM gets SIGKILL', async () => {
    const code = `import { runProgram } from './tools/program.mjs';
      await runProgram('sh', ['-c', 'trap "" TERM; echo runs; while :; do sleep 0.1; done'], { stdio: 'inherit' }).ended;`;
    const running = new RunningProcess(process.execPath, ['--input-type=module', '-e', code], { cwd: root });
    await running.line(/^runs$/);
    await until('its program', () => descendants(running.pid).length > 0);
    const pids = descendants(running.pid);
    assert.equal((await running.stop('SIGTERM')).status, 143);
    await gone(pids);
  });
});

test('the build of a first use ends with the command that waits for it', async (context) => {
  const folder = new Folder({ 'tools/build.mjs': "console.log('builds'); setInterval(() => {}, 1000);" });
  for (const file of ['cli/bin/tollgate.js', 'tools/program.mjs', 'package.json'])
    folder.write(file, readFileSync(join(root, file)));
  const running = new RunningProcess(process.execPath, [folder.file('cli/bin/tollgate.js'), 'validate']);
  context.after(() => running.stop('SIGKILL'));
  await running.line(/^builds$/);
  const pids = descendants(running.pid);
  const { status, stdout } = await running.stop('SIGTERM');
  assert.deepEqual([status, stdout], [143, '']);
  await gone(pids);
});

test('npm test with a word that no test file has in its path fails, and builds nothing first', async () => {
  const { status, stdout, stderr } = await new RunningProcess(process.execPath, ['tools/test.mjs', 'nosuchword'], {
    cwd: root,
  }).ended;
  assert.deepEqual([status, stdout, stderr], [3, '', 'no test file has nosuchword in its path\n']);
});
