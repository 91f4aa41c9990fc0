import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { startTollgate } from '../support/cli.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { listen as listenOn } from '../support/listen.js';
import { freePorts } from '../support/ports.js';
import { descendants } from '../support/processes.js';
import { event } from '../support/wait.js';

const limit = (requests: number) =>
  document(
    'RateLimitPolicy',
    'limits',
    `{ limits: [{ name: all, key: [service], requests: ${requests}, per: 1h, headers: true }] }`,
  );

async function simulated(context: TestContext, ...args: string[]) {
  const [listen = 0, to = 0] = await freePorts(2);
  const services = file(document('Service', 'vendors', '{}'), vendorsNode({ listen, to }));
  const folder = new Folder({ 'services.yaml': services, 'limits.yaml': limit(2) });
  const env = { TOLLGATE_DATA_PLANE: 'simulator', NEW_SECRET: undefined };
  const start = () => {
    const run = startTollgate(['run', '-f', folder.path, '--echo', ...args], { env });
    context.after(() => run.stop());
    return run;
  };
  const statusOf = async () => (await fetchText(`http://127.0.0.1:${listen}/`)).status;
  return { listen, folder, start, statusOf };
}

describe('tollgate run through the simulator', () => {
  test('says so in one line, governs real HTTP, and ends at SIGTERM', async (context) => {
    const { start, statusOf } = await simulated(context);
    const run = start();
    await run.line(/^ready/);
    assert.match(
      run.output,
      /^the traffic runs through the simulator instead of an Envoy \(TOLLGATE_DATA_PLANE=simulator\)$/m,
    );
    assert.deepEqual([await statusOf(), await statusOf(), await statusOf()], [200, 200, 429]);
    assert.deepEqual(descendants(run.pid), []);
    assert.equal((await run.stop()).status, 0);
  });

  test('takes plain TCP too, of which the echo says everything again', async (context) => {
    const [listen = 0, to = 0] = await freePorts(2);
    const folder = new Folder({
      'services.yaml': file(
        document('Service', 'vendors', '{ ports: [{ name: feed, port: 7000, protocol: TCP }] }'),
        vendorsNode({ listen, to }),
        document('AccessPolicy', 'list', '{ rules: [{ name: home, allow: [127.0.0.0/8] }] }'),
      ),
    });
    const env = { TOLLGATE_DATA_PLANE: 'simulator' };
    const run = startTollgate(['run', '-f', folder.path, '--echo'], { env });
    context.after(() => run.stop());
    await run.line(/^ready/);
    const socket = connect(listen, '127.0.0.1');
    socket.write('hello');
    const [said] = await event('the echo', socket, 'data');
    assert.equal(String(said), 'hello');
    socket.destroy();
  });

  test('--watch applies what is right; what the filter refuses leaves the old rules in force', async (context) => {
    const { folder, start, statusOf } = await simulated(context, '--watch');
    const run = start();
    await run.line(/^ready/);
    folder.write('limits.yaml', limit(1));
    await run.line(/^applied version/);
    assert.deepEqual([await statusOf(), await statusOf()], [200, 429]);
    folder.write(
      'tokens.yaml',
      document('TokenPolicy', 'tokens', '{ systems: [{ id: orders, secrets: [{ env: NEW_SECRET }] }] }'),
    );
    await run.line(/^warning: not applied: /);
    assert.equal(await statusOf(), 200, 'a token is not demanded, and the limit counts from anew');
    assert.equal((await run.stop()).status, 0);
  });

  test('a port in use is told as with an Envoy', async (context) => {
    const { listen, start } = await simulated(context);
    const other = createServer();
    await listenOn(other, listen);
    context.after(() => other.close());
    const { status, stderr } = await start().ended;
    assert.equal(status, 3);
    assert.match(stderr, new RegExp(`^tollgate: 127\\.0\\.0\\.1:${listen} is in use: stop what listens there`, 'm'));
  });
});

test('--watch tells a warning when it comes, and once', async (context) => {
  const [listen = 0, to = 0] = await freePorts(2);
  const services = file(document('Service', 'vendors', '{}'), vendorsNode({ listen, to }));
  const rules = (...names: string[]) =>
    document('AccessPolicy', 'list', `{ rules: [${names.map((name) => `{ name: ${name}, deny: [192.0.2.1] }`)}] }`);
  const folder = new Folder({ 'services.yaml': services, 'list.yaml': rules('a', 'b') });
  const run = startTollgate(['run', '-f', folder.path, '--watch'], { env: { TOLLGATE_DATA_PLANE: 'simulator' } });
  context.after(() => run.stop());
  await run.line(/^ready/);
  folder.write('list.yaml', rules('a', 'b', 'c'));
  await run.line(/^applied version/);
  await run.stop();
  const warnings = run.output.split('\n').filter((line) => line.startsWith('warning: '));
  assert.deepEqual(
    warnings.map((line) => / spec\.rules\[\d\]: can never match/.exec(line)?.[0]),
    [' spec.rules[1]: can never match', ' spec.rules[2]: can never match'],
  );
});
