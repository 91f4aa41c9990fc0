// Runs a test that uses the simulator in vitest and in jest. Both are fetched into a temporary folder: they would be some
// four hundred packages more for everybody who works here, for one test.
//   node tools/check-runners.mjs
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const runners = { vitest: '3.2.4', jest: '30.2.0' };
const filter = `
export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: usize): usize { return heap.alloc(size); }
@external("env", "proxy_send_local_response") declare function reply(
  status: u32, details: usize, a: usize, body: usize, b: usize, head: usize, c: usize, grpc: i32): u32;
export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 { reply(401, 0, 0, 0, 0, 0, 0, -1); return 1; }
`;
const spec = `import { expectResponse, Host } from '@tollgate/host-sim';
const { test, expect } = globalThis.test ? globalThis : await import('vitest');
test('the simulator in a runner', async () => {
  const sim = await Host.load(new URL('./filter.wasm', import.meta.url));
  const response = await sim.request({ path: '/a' });
  expect(response).toMatchObject({ status: 401, upstream: undefined });
  expectResponse(response).status(401).notForwarded();
  expect(() => expectResponse(response).status(200)).toThrow(/the conversation of the stream:/);
});
`;

const folder = mkdtempSync(join(tmpdir(), 'tollgate-runners-'));
try {
  const { binary } = await asc.compileString(filter, { runtime: 'stub', exportStart: '_initialize', use: ['abort='] });
  writeFileSync(join(folder, 'filter.wasm'), binary);
  writeFileSync(join(folder, 'filter.test.mjs'), spec);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: runners }));
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
  mkdirSync(join(folder, 'node_modules/@tollgate'));
  symlinkSync(join(root, 'host-sim'), join(folder, 'node_modules/@tollgate/host-sim'));
  run('npx', ['vitest', 'run']);
  run('npx', ['jest', '--testMatch', '**/*.test.mjs'], { NODE_OPTIONS: '--experimental-vm-modules' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { cwd: folder, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exitCode = 1;
}
