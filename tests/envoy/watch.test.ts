import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { startApplication } from '../support/application.js';
import { startTollgate } from '../support/cli.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { envoyUnless } from '../support/fragile-envoy.js';
import { freePorts } from '../support/ports.js';
import { envoysOf } from '../support/processes.js';

const limit = (requests: number, more = '') =>
  document(
    'RateLimitPolicy',
    'limits',
    `{ limits: [{ name: all, key: [service], requests: ${requests}, per: 1h, headers: true }]${more} }`,
  );
const red = ', examples: [{ request: { path: / }, expect: { verdict: denied } }]';

/** vendors behind one Envoy, its limit in a file of its own. */
async function governed(context: TestContext, { watch = true, limits = limit(5), env = {} } = {}) {
  const application = await startApplication();
  const [listen = 0, extra = 0] = await freePorts(2);
  const node = vendorsNode({ listen, to: application.port }, ', workers: 1');
  const folder = new Folder({
    'services.yaml': file(document('Service', 'vendors', '{}'), node),
    'limits.yaml': limits,
  });
  const run = startTollgate(['run', '-f', folder.path, ...(watch ? ['--watch'] : [])], { env });
  context.after(async () => {
    await run.stop();
    await application.close();
  });
  await run.line(/^ready/);
  const call = async () => {
    const { status, headers } = await fetchText(`http://127.0.0.1:${listen}/`);
    return [status, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']];
  };
  /** Changes a file and waits for what is said of it. */
  const change = (name: string, text: string, said: RegExp) => {
    const after = run.linesSaid;
    folder.write(name, text);
    return run.line(said, { after });
  };
  return { application, listen, extra, folder, run, call, change };
}

describe('tollgate run --watch', () => {
  test('a changed limit is in force without a restart; the spent count stays; no call is lost', async (context) => {
    const { application, listen, run, call, change } = await governed(context);
    const envoys = envoysOf(run.pid);
    for (const left of ['4', '3', '2']) assert.deepEqual(await call(), [200, '5', left]);
    // Calls go on all the while on connections that are kept: each must get an answer of the filter or the application.
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    let over = false;
    const statuses = new Set<number>();
    const calling = Array.from({ length: 4 }, async () => {
      while (!over) statuses.add((await fetchText(`http://127.0.0.1:${listen}/other`, { agent })).status);
    });
    const onlyRoot = limit(10).replace('key:', 'match: [{ path: { exact: / } }], key:');
    await change('limits.yaml', onlyRoot, /^applied version/).finally(() => {
      over = true;
    });
    await Promise.all(calling);
    agent.destroy();
    assert.ok(
      [...statuses].every((status) => status === 200 || status === 429),
      [...statuses].join(' '),
    );
    assert.ok(application.seen.length > 0);
    assert.deepEqual(envoysOf(run.pid), envoys, 'the same Envoy');
    // Of 5 all were spent, some by the calls to /other: 10 leave 5, of which this is the first.
    assert.deepEqual(await call(), [200, '10', '4']);
  });

  test('rules that need other callbacks bring another module: the spent count stays all the same', async (context) => {
    const { call, change } = await governed(context);
    assert.deepEqual(await call(), [200, '5', '4']);
    const breaker = document(
      'CircuitBreakerPolicy',
      'breaker',
      '{ side: provider, breakers: [{ name: all, trip: { consecutiveFailures: 5 } }] }',
    );
    await change('breaker.yaml', breaker, /^applied version/);
    assert.deepEqual(await call(), [200, '5', '3']);
    await change('breaker.yaml', '', /^applied version/);
    assert.deepEqual(await call(), [200, '5', '2']);
  });

  test('an Envoy that ended is started again with the rules in force, or with those that came meanwhile', async (context) => {
    const flag = new Folder();
    const env = await envoyUnless(flag.file('broken'));
    const { run, call, change } = await governed(context, { env });
    await change('limits.yaml', limit(10), /^applied version/);
    const kill = (said: RegExp) => {
      const after = run.linesSaid;
      for (const envoy of envoysOf(run.pid)) process.kill(envoy, 'SIGKILL');
      return run.line(said, { after });
    };
    await kill(/^vendors-1: Envoy serves again$/);
    assert.deepEqual(await call(), [200, '10', '9']);
    flag.write('broken', '');
    await kill(/\(status 7\): no such luck, next try in/);
    await change('limits.yaml', limit(20), /^applied version/);
    const after = run.linesSaid;
    rmSync(flag.file('broken'));
    await run.line(/^vendors-1: Envoy serves again$/, { after });
    assert.deepEqual(await call(), [200, '20', '19']);
    await change('limits.yaml', limit(30), /^applied version/);
    assert.deepEqual(await call(), [200, '30', '28']);
  });

  test('a broken file is refused with its place, the last good rules stay, a mended one is applied', async (context) => {
    const { call, change } = await governed(context);
    assert.deepEqual(await call(), [200, '5', '4']);
    const place = await change(
      'limits.yaml',
      limit(50).replace('requests: 50', 'request: 50'),
      /limits\.yaml:4:\d+ spec\.limits\[0\]\.request:/,
    );
    assert.match(place, /spec\.limits\[0\]\.request: unknown field "request", did you mean "requests"\?/);
    assert.deepEqual(await call(), [200, '5', '3']);
    assert.match(
      await change('limits.yaml', limit(50, red), /the example fails/),
      /limits\.yaml:4:\d+ spec\.examples\[0\]: the example fails/,
    );
    assert.deepEqual(await call(), [200, '5', '2']);
    await change('limits.yaml', limit(6), /^applied version/);
    assert.deepEqual(await call(), [200, '6', '2']);
  });

  test('a new secret needs a restart, and so do workers and new nodes: said, and the old rules stay', async (context) => {
    const { listen, extra, application, folder, run, call, change } = await governed(context);
    const tokens = document('TokenPolicy', 'tokens', '{ systems: [{ id: orders, secrets: [{ env: NEW_SECRET }] }] }');
    assert.equal(
      await change('tokens.yaml', tokens, /not applied/),
      'warning: not applied: vendors-1: new secrets (NEW_SECRET) take effect after a restart: start tollgate run again',
    );
    assert.deepEqual(await call(), [200, '5', '4']);
    folder.write('tokens.yaml', '');
    const workers = file(
      document('Service', 'vendors', '{}'),
      vendorsNode({ listen, to: application.port }, ', workers: 2'),
    );
    assert.match(
      await change('services.yaml', workers, /not applied/),
      /a change of admin or workers takes effect after a restart/,
    );
    const more = vendorsNode({ listen: extra, to: application.port }).replace('vendors-1', 'vendors-2');
    folder.write('more.yaml', more);
    await run.line(/^new nodes \(vendors-2\) get their Envoy at the next start of tollgate run$/);
    assert.deepEqual(await call(), [200, '5', '3']);
  });

  test('a file that was never good holds back every change: what it closes must not come open', async (context) => {
    const { run, call, change } = await governed(context, { limits: limit(5, red) });
    await run.line(/^nothing is applied until this is fixed/);
    assert.deepEqual(await call(), [200, '5', '4']);
    await change(
      'list.yaml',
      document('AccessPolicy', 'list', '{ rules: [{ name: a, deny: [192.0.2.1] }] }'),
      /^nothing is applied/,
    );
    assert.deepEqual(await call(), [200, '5', '3'], 'the limit still holds');
    await change('limits.yaml', limit(7), /^applied version/);
    assert.deepEqual(await call(), [200, '7', '4']);
  });

  test('without --watch one line says that the files changed, once', async (context) => {
    const { run, folder, call, change } = await governed(context, { watch: false });
    const line = await change('limits.yaml', limit(50), /changed/);
    assert.equal(
      line,
      'the policy files changed; this run keeps the rules it started with (use --watch to apply changes)',
    );
    assert.deepEqual(await call(), [200, '5', '4']);
    folder.write('limits.yaml', limit(60));
    const { stderr } = await run.stop();
    assert.equal(stderr.split('the policy files changed').length, 2);
  });
});
