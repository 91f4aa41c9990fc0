import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { startApplication } from '../support/application.js';
import { root, startTollgate, tollgate } from '../support/cli.js';
import { document, file, loopback, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { freePorts } from '../support/ports.js';
import { descendants, envoysOf, gone } from '../support/processes.js';

const env = { ORDERS_SECRET: 's3cret' };

/** Starts it, waits until it says that it is ready, and sees to it that nothing stays behind. */
async function running(context: TestContext, ...args: string[]) {
  const run = startTollgate(['run', ...args], { env });
  context.after(() => run.stop('SIGKILL'));
  await run.line(/^ready, Ctrl-C stops$|"event":"ready"/);
  return run;
}

describe('tollgate run', () => {
  test('hello.yaml with --echo, as the README has it', async (context) => {
    const [listen = 0, to = 0] = await freePorts(2);
    const text = readFileSync(`${root}examples/hello.yaml`, 'utf8');
    assert.ok(text.trimEnd().split('\n').length <= 20, 'the smallest useful thing is small');
    const hello = new Folder({ 'hello.yaml': text.replace('8080', `${listen}`).replace('7080', `${to}`) }).file(
      'hello.yaml',
    );
    const run = await running(context, '-f', hello, '--echo');
    assert.match(run.output, /^Envoy 1\.40\.\d+ \(.*\)$/m);
    assert.match(run.output, new RegExp(`^echo: answering on 127\\.0\\.0\\.1:${to}$`, 'm'));
    assert.match(
      run.output,
      new RegExp(`^hello-1: 127\\.0\\.0\\.1:${listen} takes calls to hello \\(127\\.0\\.0\\.1:${to}\\)$`, 'm'),
    );

    const { stdout } = await tollgate(['token', '-f', hello, '--system', 'orders'], { env });
    const [name = '', value = ''] = stdout.trim().split(': ');
    const call = (headers = {}) => fetchText(`http://127.0.0.1:${listen}/hi`, { headers });
    assert.equal((await call()).status, 401);
    const answers = [];
    for (let count = 0; count < 6; count++) answers.push(await call({ [name]: value }));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200, 429],
    );
    const echoed = JSON.parse(answers[0]?.text ?? '');
    assert.deepEqual([echoed.service, echoed.method, echoed.path], ['hello', 'GET', '/hi']);
    assert.deepEqual(
      answers.map(({ headers }) => headers['x-ratelimit-remaining']),
      ['4', '3', '2', '1', '0', '0'],
    );

    const pids = descendants(run.pid);
    assert.equal(envoysOf(run.pid).length, 1);
    const { status } = await run.stop('SIGINT');
    assert.equal(status, 0);
    await gone(pids);
    await assert.rejects(call(), { code: 'ECONNREFUSED' });
    await assert.rejects(fetchText(`http://127.0.0.1:${to}/`), { code: 'ECONNREFUSED' });
  });

  test('one Envoy for each node, or for those that are named; the echo leaves addresses alone on which somebody listens', async (context) => {
    const application = await startApplication();
    context.after(() => application.close());
    const [provider = 0, consumer = 0] = await freePorts(2);
    const policies = new Folder({
      'p.yaml': file(
        document('Service', 'orders', '{}'),
        document('Service', 'vendors', `{ instances: [${loopback(provider)}] }`),
        vendorsNode({ listen: provider, to: application.port }),
        document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(consumer)} } }`),
        document(
          'TokenPolicy',
          'tokens',
          '{ systems: [{ id: orders, service: orders, secrets: [{ env: ORDERS_SECRET }] }] }',
        ),
      ),
    }).path;
    const both = await running(context, '-f', policies, '--echo', '--json');
    const event = JSON.parse(await both.line(/"event"/));
    assert.deepEqual(event.nodes.map((node: { name: string }) => node.name).sort(), ['orders-1', 'vendors-1']);
    assert.equal(envoysOf(both.pid).length, 2);
    assert.doesNotMatch(both.output, /echo:/);
    const { status, text } = await fetchText(`http://127.0.0.1:${consumer}/`, { headers: { host: 'vendors' } });
    assert.deepEqual([status, text], [200, 'hello from the application\n']);
    assert.equal((await both.stop()).status, 0);

    const one = await running(context, '-f', policies, '--node', 'vendors-1');
    assert.equal(envoysOf(one.pid).length, 1);
    await assert.rejects(fetchText(`http://127.0.0.1:${consumer}/`), { code: 'ECONNREFUSED' });
    assert.equal((await one.stop()).status, 0);
    const none = await tollgate(['run', '-f', policies, '--node', 'vendor-1'], { env });
    assert.deepEqual(
      [none.status, none.stderr],
      [1, 'tollgate: there is no node "vendor-1", did you mean "vendors-1"?\n'],
    );
  });

  test('Ctrl-C while the Envoys are still starting stops them too', async (context) => {
    const [listen = 0, to = 0] = await freePorts(2);
    const policies = new Folder({ 'p.yaml': file(document('Service', 'vendors', '{}'), vendorsNode({ listen, to })) })
      .path;
    const run = startTollgate(['run', '-f', policies]);
    context.after(() => run.stop('SIGKILL'));
    await run.line(/^Envoy 1\.40/);
    const { status } = await run.stop('SIGINT');
    assert.equal(status, 0);
    await assert.rejects(fetchText(`http://127.0.0.1:${listen}/`), { code: 'ECONNREFUSED' });
  });
});
