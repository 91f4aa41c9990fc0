import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Gateway } from '@tollgate/host-sim';
import { root, tollgate } from '../support/cli.js';
import { realEnvoy } from '../support/envoy.js';
import { Folder } from '../support/folder.js';
import { RunningProcess } from '../support/running-process.js';

describe('tollgate new filter', () => {
  const folder = new Folder();
  const inside = (...args: string[]) =>
    new RunningProcess(process.execPath, args, {
      cwd: folder.file('api-key'),
      // A test runner in a test runner would report to the outer one.
      env: { NODE_TEST_CONTEXT: undefined },
    }).ended;

  test('the folder builds, its spec passes, its scenario passes in both, its bootstrap starts', async () => {
    const { status, stdout } = await tollgate(['new', 'filter', 'api-key'], { cwd: folder.path });
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^api-key\/assembly\/index\.ts\n[\s\S]*\nnext:\n {2}cd api-key\n {2}npm install\n {2}npm test\n$/,
    );
    // In place of npm install, which takes what the package names from the same folders.
    symlinkSync(`${root}node_modules`, folder.file('api-key/node_modules'));
    const built = await inside('node_modules/assemblyscript/bin/asc.js', '--config', 'asconfig.json');
    assert.deepEqual([built.status, built.stderr], [0, '']);
    const specs = await inside('--test', 'specs/');
    assert.match(specs.stdout, /^# pass 2$/m);
    assert.equal(specs.status, 0);
    const { path } = await realEnvoy();
    const scenario = await tollgate(['test', '--both'], { cwd: folder.file('api-key') });
    assert.match(scenario.stdout, /^✔ api-key, in the simulator\n✔ api-key, in Envoy\n✔ api-key, the same in both\n/);
    const valid = await new RunningProcess(path, ['--mode', 'validate', '-c', 'envoy.yaml'], {
      cwd: folder.file('api-key'),
    }).ended;
    assert.equal(valid.status, 0, valid.stderr);
    const bootstrap = readFileSync(folder.file('api-key/envoy.yaml'), 'utf8')
      .replace('port_value: 10000', 'port_value: 0')
      .replace('filename: build', `filename: ${folder.file('api-key/build')}`);
    const gateway = await Gateway.start(bootstrap);
    assert.equal((await fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}/`)).status, 401);
    await gateway.close();
  });

  test('what the package names is there', () => {
    const { devDependencies } = JSON.parse(readFileSync(folder.file('api-key/package.json'), 'utf8'));
    const named = (name: string) =>
      JSON.parse(readFileSync(`${devDependencies[name].replace('file:', '')}/package.json`, 'utf8'));
    assert.equal(named('proxy-wasm').name, '@tollgate/sdk');
    assert.equal(named('@tollgate/host-sim').name, '@tollgate/host-sim');
    const { devDependencies: ours } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
    assert.equal(devDependencies.assemblyscript, ours.assemblyscript);
  });

  test('a folder that is there already is left alone; a name that cannot be one is a usage error', async () => {
    const again = await tollgate(['new', 'filter', 'api-key'], { cwd: folder.path });
    assert.match(again.stderr, /the folder api-key already exists and is not empty/);
    assert.equal(again.status, 1);
    for (const name of ['Api', '../x', 'a--b', '-a', 'a'.repeat(64)]) {
      const { status } = await tollgate(['new', 'filter', '--', name], { cwd: folder.path });
      assert.equal(status, 2, name);
    }
    assert.equal((await tollgate(['new', 'policy', 'x'], { cwd: folder.path })).status, 2);
  });
});
