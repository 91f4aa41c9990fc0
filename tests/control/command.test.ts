import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { startApplication } from '../support/application.js';
import { startTollgate, tollgate } from '../support/cli.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { realEnvoy } from '../support/envoy.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { listen } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { gone } from '../support/processes.js';
import { RunningProcess } from '../support/running-process.js';
import { event } from '../support/wait.js';

async function control(context: TestContext, folder: Folder, ...args: string[]) {
  const server = startTollgate(['control', '-f', folder.path, '--port', '0', ...args]);
  context.after(() => server.stop('SIGKILL'));
  const line = await server.line(/control centre on|"event":"ready"/);
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
  return { server, url };
}

describe('tollgate control', () => {
  test('an Envoy is started on it with the one line that it prints', async (context) => {
    const { path } = await realEnvoy();
    const application = await startApplication();
    const [listen = 0] = await freePorts(1);
    const limit = document(
      'RateLimitPolicy',
      'limits',
      '{ limits: [{ name: one, key: [service], requests: 1, per: 1h }] }',
    );
    const folder = new Folder({
      'p.yaml': file(document('Service', 'vendors', '{}'), vendorsNode({ listen, to: application.port }), limit),
    });
    const { server } = await control(context, folder);
    const line = (await server.line(/^start an Envoy on it: /)).replace(/^start an Envoy on it: /, '');
    assert.match(line, /^curl -sf http:\S+\/v1\/nodes\/NAME\/bootstrap -o envoy\.yaml && envoy /);

    const work = new Folder({ 'bin/README': 'the Envoy of these tests' });
    symlinkSync(path, work.file('bin/envoy'));
    const PATH = `${dirname(work.file('bin/envoy'))}:${process.env.PATH}`;
    // exec: the shell becomes Envoy, so that its process id is Envoy's.
    const command = line.replace('NAME', 'vendors-1').replace('&& envoy', '&& exec envoy');
    const envoy = new RunningProcess('sh', ['-c', `${command} --component-log-level main:debug`], {
      cwd: work.path,
      env: { PATH },
    });
    context.after(async () => {
      await envoy.stop();
      await application.close();
    });
    await envoy.line(/worker entering dispatch loop/);
    const statuses = [];
    for (let count = 0; count < 2; count++) statuses.push((await fetchText(`http://127.0.0.1:${listen}/`)).status);
    assert.deepEqual(statuses, [200, 429]);
  });

  test('what is wrong is in the log: which file, why, and that the last good version stays', async (context) => {
    const folder = new Folder({ 'p.yaml': document('Service', 'vendors', '{}') });
    const { server } = await control(context, folder, '--json');
    folder.write('p.yaml', document('Service', 'vendors', '{ host: [] }'));
    await server.line(/p\.yaml is not in force, its last good version stays in force/);
    await server.line(/p\.yaml:4:\d+ spec\.host: unknown field .*did you mean .*hosts/);
    const { stdout } = await server.stop();
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event),
      ['ready'],
      'the log is not on standard output',
    );
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} ends it cleanly, also with a connection open`, async (context) => {
      const { server, url } = await control(context, new Folder({ 'p.yaml': document('Service', 'vendors', '{}') }));
      const connection = connect(Number(new URL(url).port), '127.0.0.1');
      await event('a connection to the control centre', connection, 'connect');
      connection.write('GET /healthz HTTP/1.1\r\nhost: control\r\n\r\n');
      await event('the answer to /healthz', connection, 'data');
      const { status, signal: killed } = await server.stop(signal);
      assert.deepEqual([status, killed], [0, null]);
      await gone([server.pid]);
    });
  }

  test('a port in use: which, and what to do; status 3', async (context) => {
    const other = createServer();
    const port = await listen(other);
    context.after(() => other.close());
    const folder = new Folder({ 'p.yaml': document('Service', 'vendors', '{}') });
    const { status, stderr } = await tollgate(['control', '-f', folder.path, '--port', `${port}`]);
    assert.equal(status, 3);
    assert.equal(
      stderr.trim().split('\n').at(-1),
      `tollgate: 127.0.0.1:${port} is in use, end the other process or choose another port with --port`,
    );
  });

  test('a directory that is not there: status 1', async () => {
    const { status, stderr } = await tollgate(['control', '-f', join('nowhere', 'at all'), '--port', '0']);
    assert.deepEqual([status, stderr], [1, 'tollgate: there is no file or directory nowhere/at all\n']);
  });
});
