import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { startControl } from '@tollgate/control';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { within } from '../support/wait.js';

const services = file(document('Service', 'vendors', '{}'), vendorsNode({ listen: 19_001, to: 17_001 }));
const list = (address: string, more = '') =>
  document(
    'AccessPolicy',
    'list',
    `{ targetRefs: [{ kind: Service, name: vendors }], rules: [{ name: banned, deny: [${address}] }]${more} }`,
  );
const red = ', examples: [{ request: { path: / }, expect: { verdict: denied } }]';

async function following(context: TestContext, files: Record<string, string>) {
  const folder = new Folder(files);
  const server = await startControl({ paths: [folder.path], port: 0, log: false });
  context.after(() => server.close());
  const get = async (path: string) => {
    const { status, text } = await fetchText(`${server.url}${path}`, { headers: { accept: 'application/json' } });
    return { code: status, text, ...JSON.parse(text) };
  };
  /** Does something to the files and waits until the server has taken note. */
  const change = async (act: () => void) => {
    const changed = server.changed();
    act();
    await within('the server to take note of the change', changed);
  };
  return { folder, get, change, bootstrap: () => get('/v1/nodes/vendors-1/bootstrap') };
}

describe('the control centre follows its files', () => {
  test('a change is in force at once, under a new version', async (context) => {
    const { folder, get, change, bootstrap } = await following(context, {
      'services.yaml': services,
      'list.yaml': list('192.0.2.1'),
    });
    const before = await get('/v1/nodes');
    assert.ok((await bootstrap()).text.includes('192.0.2.1'));
    await change(() => folder.write('list.yaml', list('192.0.2.2')));
    assert.ok((await bootstrap()).text.includes('192.0.2.2'));
    assert.notEqual((await get('/v1/nodes')).version, before.version);
  });

  test('a bad file blocks only itself: its last good version stays, the others go on, /readyz says which and why', async (context) => {
    const { folder, get, change, bootstrap } = await following(context, {
      'services.yaml': services,
      'list.yaml': list('192.0.2.1'),
    });
    await change(() => folder.write('list.yaml', list('192.0.2.300')));
    assert.ok((await bootstrap()).text.includes('192.0.2.1'));
    const { code, status, files } = await get('/readyz');
    assert.deepEqual([code, status], [200, 'degraded']);
    assert.deepEqual([files.length, files[0].file, files[0].lastGood], [1, folder.file('list.yaml'), true]);
    assert.match(
      files[0].mistakes[0],
      /list\.yaml:4:\d+ spec\.rules\[0\]\.deny\[0\]: "192\.0\.2\.300" is not an address/,
    );

    const limit = document(
      'RateLimitPolicy',
      'limits',
      '{ limits: [{ name: few, key: [service], requests: 17, per: 1s }] }',
    );
    await change(() => folder.write('limits.yaml', limit));
    assert.match((await bootstrap()).text, /\\"requests\\":17/);
    await change(() => folder.write('list.yaml', list('192.0.2.3')));
    assert.ok((await bootstrap()).text.includes('192.0.2.3'));
    assert.equal((await get('/readyz')).status, 'ready');
  });

  test('a red example holds a file back like any mistake', async (context) => {
    const { folder, get, change, bootstrap } = await following(context, {
      'services.yaml': services,
      'list.yaml': list('192.0.2.7'),
    });
    await change(() => folder.write('list.yaml', list('192.0.2.8', red)));
    assert.ok((await bootstrap()).text.includes('192.0.2.7'));
    assert.match((await get('/readyz')).files[0].mistakes[0], /spec\.examples\[0\]: the example fails/);
  });

  test('without any good version there is no bootstrap: 503 naming the file; once it is fixed there is', async (context) => {
    const { folder, get, change, bootstrap } = await following(context, {
      'services.yaml': services,
      'list.yaml': 'kind: [',
    });
    for (const text of [list('nowhere'), list('192.0.2.1', red)]) {
      const { code, error, message, details } = await bootstrap();
      assert.deepEqual([code, error, details], [503, 'no_good_version', [folder.file('list.yaml')]]);
      assert.ok(message.includes(folder.file('list.yaml')), message);
      const ready = await get('/readyz');
      assert.deepEqual([ready.code, ready.status, ready.files[0].lastGood], [503, 'unavailable', false]);
      await change(() => folder.write('list.yaml', text));
    }
    assert.equal((await get('/healthz')).code, 200);
    await change(() => folder.write('list.yaml', list('192.0.2.1')));
    assert.equal((await bootstrap()).code, 200);
    assert.equal((await get('/readyz')).code, 200);
  });

  test('a service that others name cannot be taken away, by an edit or with its file', async (context) => {
    const { folder, get, change, bootstrap } = await following(context, {
      'services.yaml': services,
      'list.yaml': list('192.0.2.1'),
    });
    await change(() => folder.write('services.yaml', services.replaceAll('vendors', 'sellers')));
    assert.equal((await bootstrap()).code, 200);
    const edited = await get('/readyz');
    assert.deepEqual([edited.status, edited.files.length], ['degraded', 1]);
    assert.match(
      edited.files[0].mistakes[0],
      /services\.yaml:1:1 this change makes another file wrong: .*there is no Service "vendors"/,
    );
    await change(() => rmSync(folder.file('services.yaml')));
    assert.equal((await bootstrap()).code, 200);
    assert.deepEqual(
      (await get('/readyz')).files.map((held: { file: string }) => held.file),
      [folder.file('services.yaml')],
    );
    await change(() => folder.write('services.yaml', services));
    assert.equal((await get('/readyz')).status, 'ready');
  });

  test('what nobody names goes with its file; the whole directory away leaves all as it was', async (context) => {
    const { folder, get, change, bootstrap } = await following(context, {
      'services.yaml': services,
      'list.yaml': list('192.0.2.1'),
    });
    await change(() => rmSync(folder.file('list.yaml')));
    assert.deepEqual((await get('/v1/policies')).policies, []);
    const elsewhere = new Folder().file('moved');
    renameSync(folder.path, elsewhere);
    assert.equal((await bootstrap()).code, 200);
  });
});
