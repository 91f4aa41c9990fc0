import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { describe, test } from 'node:test';
import { governanceModule } from '@tollgate/envoy';
import { parse } from 'yaml';
import { tollgate } from '../support/cli.js';
import { document, file, loopback, vendorsNode } from '../support/documents.js';
import { realEnvoy } from '../support/envoy.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { freePorts } from '../support/ports.js';
import { RunningProcess } from '../support/running-process.js';
import { until } from '../support/wait.js';

const hello = ['bootstrap', '-f', 'examples/hello.yaml', '--node', 'hello-1'];
const folder = new Folder();

/** What the filter's module is taken from. */
function codeOf(bootstrap: unknown): { filename?: string; inline_bytes?: string } {
  const found = /"local":(\{.*?\})/.exec(JSON.stringify(bootstrap));
  return JSON.parse(found?.[1] ?? '{}');
}

describe('tollgate bootstrap', () => {
  test('standard output is the bootstrap and nothing else; what Envoy needs is said beside it', async () => {
    const { status, stdout, stderr } = await tollgate(hello);
    assert.equal(status, 0);
    assert.equal(stderr, 'ORDERS_SECRET <- environment\n');
    const bootstrap = parse(stdout);
    assert.deepEqual(bootstrap.node, { id: 'hello-1', cluster: 'hello' });
    const module = Buffer.from(codeOf(bootstrap).inline_bytes ?? '', 'base64');
    const whole = Buffer.from(governanceModule());
    // The code is the filter's own to the last byte; before it stand fewer exports.
    assert.deepEqual(module.subarray(-10_000), whole.subarray(-10_000));
    assert.ok(module.length < whole.length, 'a token and a limit need no callback for the answer');
  });

  test('a secret file is named by its path from here', async () => {
    const { stderr } = await tollgate(['bootstrap', '-f', 'examples/quickstart', '--node', 'vendors-1']);
    assert.match(
      stderr,
      /^ORDERS_SECRET <- environment\nTOLLGATE_SECRET_VENDORS_TOKEN_ORDERS_2_[0-9A-F]{6} <- examples\/quickstart\/secrets\/orders\.previous\n$/,
    );
  });

  test('--wasm-path refers to the module instead of carrying it', async () => {
    const { stdout } = await tollgate([...hello, '--wasm-path', '/etc/tollgate/governance.wasm']);
    assert.deepEqual(codeOf(parse(stdout)), { filename: '/etc/tollgate/governance.wasm' });
    assert.ok(stdout.length < 10_000, 'small enough to read');
  });

  test('-o writes YAML or JSON, and says how to start Envoy on it', async () => {
    const [yaml, json] = [folder.file('envoy.yaml'), folder.file('envoy.json')];
    const written = await tollgate([...hello, '-o', yaml], { env: { ORDERS_SECRET: undefined } });
    assert.equal(written.status, 0);
    assert.match(
      written.stdout,
      /^ORDERS_SECRET <- environment\nwrote \S+envoy\.yaml; start it with: ORDERS_SECRET=… envoy --disable-hot-restart -c \S+envoy\.yaml\n$/,
    );
    await tollgate([...hello, '-o', json]);
    assert.deepEqual(JSON.parse(readFileSync(json, 'utf8')), parse(readFileSync(yaml, 'utf8')));
  });

  test('the line that it prints starts Envoy, with secrets of the environment and of files', async (context) => {
    const [port = 0] = await freePorts(1);
    const place = new Folder({
      "a file's folder/secret": 'from-a-file\n',
      'p.yaml': file(
        document('Service', 'orders', '{}'),
        document('Service', 'vendors', `{ instances: [${loopback(port)}] }`),
        vendorsNode({ listen: port, to: 1 }),
        document(
          'TokenPolicy',
          'tokens',
          `{ side: provider, systems: [{ id: orders, secrets: [{ env: ORDERS_SECRET }, { file: "a file's folder/secret" }] }] }`,
        ),
      ),
    });
    const env = { ORDERS_SECRET: 'from the environment' };
    const target = place.file('with a blank.yaml');
    const { stdout } = await tollgate(['bootstrap', '-f', place.path, '--node', 'vendors-1', '-o', target], { env });
    assert.doesNotMatch(stdout, /from the environment|from-a-file/);
    const [, line = ''] = /start it with: (.*)\n$/.exec(stdout) ?? [];
    symlinkSync((await realEnvoy()).path, place.file('envoy'));
    const PATH = `${place.path}:/usr/bin:/bin`;
    const started = new RunningProcess('sh', ['-c', `exec env ${line}`], { env: { ...env, PATH } });
    context.after(() => started.stop());
    await until('Envoy to listen', () =>
      fetchText(`http://127.0.0.1:${port}/`).then(
        ({ status }) => status === 401,
        () => false,
      ),
    );
  });

  test('--json gives bootstrap and environment as one line', async () => {
    const { stdout } = await tollgate([...hello, '--json']);
    const { environment, bootstrap } = JSON.parse(stdout);
    assert.deepEqual(environment, [{ name: 'ORDERS_SECRET', from: 'environment' }]);
    assert.equal(bootstrap.node.id, 'hello-1');
  });

  test('where there is a mistake nothing is written', async () => {
    const policies = folder.write('wrong.yaml', document('Servise', 'x', '{}'));
    const target = folder.file('never.yaml');
    const { status, stdout, stderr } = await tollgate(['bootstrap', '-f', policies, '--node', 'x', '-o', target]);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /wrong\.yaml:2:1 kind: .*did you mean "Service"\?/);
    assert.equal(existsSync(target), false);
    const before = readdirSync(folder.path);
    const unknown = await tollgate([...hello.slice(0, -1), 'helo-1', '-o', target]);
    assert.deepEqual(
      [unknown.status, unknown.stderr],
      [1, 'tollgate: there is no node "helo-1", did you mean "hello-1"?\n'],
    );
    assert.deepEqual(readdirSync(folder.path), before);
  });

  test('a place that cannot be written is told in one line', async () => {
    const { status, stderr } = await tollgate([...hello, '-o', folder.file('nowhere/envoy.yaml')]);
    assert.match(stderr, /^tollgate: .*nowhere\/envoy\.yaml.*\n$/);
    assert.equal(status, 3);
  });
});
