import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { root, tollgateBin } from '../support/cli.js';

const hello = readFileSync(`${root}examples/hello.yaml`, 'utf8');

function fed(input: string, ...args: string[]) {
  const env = { ...process.env, ORDERS_SECRET: 's3cret' };
  return spawnSync(process.execPath, [tollgateBin, ...args], { cwd: root, input, env, encoding: 'utf8' });
}

describe('-f - reads standard input', () => {
  test('every command that takes policies does', () => {
    assert.match(fed(hello, 'validate', '-f', '-').stdout, /^valid: 1 service, 1 node, 2 policies/);
    assert.match(fed(hello, 'bootstrap', '-f', '-', '--node', 'hello-1').stdout, /^node:\n {2}id: hello-1\n/);
    assert.match(fed(hello, 'token', '-f', '-', '--system', 'orders').stdout, /^x-tollgate-token: orders\./);
  });

  test('together with files', () => {
    const [service = '', ...policies] = hello.split('---\n');
    const { stdout, stderr } = fed(service, 'validate', '-f', '-', '-f', 'examples/hello.yaml');
    assert.equal(stdout, '');
    assert.match(stderr, /Service "hello"/);
    assert.equal(policies.length, 3);
  });

  test('mistakes have their place in it', () => {
    const { status, stderr } = fed(hello.replace('per: 10s', 'per: 10x'), 'validate', '-f', '-');
    assert.match(stderr, /^<stdin>:18:\d+ spec\.limits\[0\]\.per: "10x" is not a duration/);
    assert.equal(status, 1);
  });

  test('scenarios too', () => {
    const scenario = readFileSync(`${root}tests/scenarios/token-required.yaml`, 'utf8');
    assert.match(fed(scenario, 'test', '-').stdout, /1 passed, 0 failed/);
  });

  test('nothing in it is said', () => {
    const { status, stderr } = fed('', 'validate', '-f', '-');
    assert.match(stderr, /there are no policies in -/);
    assert.equal(status, 1);
  });
});
