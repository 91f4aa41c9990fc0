import assert from 'node:assert/strict';
import test from 'node:test';
import { Host } from '../host/host.js';
import { compile, compileMinimal } from '../testing/compile.js';

const refused = async (bytes: Promise<Uint8Array>, code: string, pattern: RegExp) =>
  assert.rejects(
    Host.load(await bytes),
    (error: Error & { code: string }) => error.code === code && pattern.test(error.message),
  );

test('bytes that are no module are refused', () =>
  refused(Promise.resolve(Buffer.from('hello')), 'module_refused', /not a WebAssembly module/));

test('a cut module is refused', async () => {
  const whole = await compileMinimal('');
  await refused(Promise.resolve(whole.subarray(0, 40)), 'module_refused', /ends early/);
});

test('env.abort is refused with what to do about it', () =>
  refused(
    compile(
      'export function proxy_abi_version_0_2_1(): void {}\nexport function malloc(n: usize): usize { assert(n > 0); return 8 }',
      ['--exportStart', '_initialize'],
    ),
    'module_refused',
    /env\.abort: Envoy has no such function; give asc a handler/,
  ));

test('an import of another type names both types', () =>
  refused(
    compileMinimal(
      '@external("env", "proxy_log") declare function l(level: u32): u32; export function f(): u32 { return l(1) }',
    ),
    'module_refused',
    /proxy_log: wrong type \(i32\) -> i32, Envoy has \(i32, i32, i32\) -> i32/,
  ));

test('a missing ABI marker and a missing allocator are named together', () =>
  refused(
    compile('export function f(): void {}', ['--exportStart', '_initialize']),
    'module_refused',
    /proxy_abi_version_0_2_1 is missing[\s\S]*no allocator/,
  ));

test('an older ABI is refused by its name', () =>
  refused(
    compile(
      'export function proxy_abi_version_0_1_0(): void {}\nexport function malloc(n: usize): usize { return 8 }',
      [],
    ),
    'module_refused',
    /proxy_abi_version_0_1_0: this simulator runs ABI 0\.2\.1 and 0\.2\.0 only/,
  ));

test('the log level is of 0.2.1: a module that says 0.2.0, even beside it, is refused', async () => {
  const asks =
    '@external("env", "proxy_get_log_level") declare function l(p: usize): u32; export function f(): u32 { return l(16) }';
  await Host.load(await compileMinimal(asks));
  await refused(
    compileMinimal(`export function proxy_abi_version_0_2_0(): void {}\n${asks}`),
    'module_refused',
    /proxy_get_log_level: Envoy has no such function in ABI 0\.2\.0/,
  );
});

test('a callback of another shape is refused', () =>
  refused(
    compileMinimal('export function proxy_on_request_headers(id: u32, n: u32): u32 { return 0 }'),
    'module_refused',
    /proxy_on_request_headers: wrong type/,
  ));

test('a host call in the start section is refused: Envoy crashes on it', () =>
  refused(
    compileMinimal(
      '@external("env", "proxy_log") declare function l(a: u32, b: usize, c: usize): u32; export const started: u32 = l(2, 0, 0)',
      ['--use', 'abort=module/abort'],
    ),
    'module_refused',
    /start section calls proxy_log/,
  ));

test('a host call that Envoy forbids while initialising is refused', () =>
  refused(
    compileMinimal('@external("env", "proxy_done") declare function d(): u32; export const started: u32 = d()'),
    'module_refused',
    /proxy_done is called while the module initialises/,
  ));

test('the smallest module passes traffic', async () => {
  const sim = await Host.load(await compileMinimal(''));
  assert.equal((await sim.request()).status, 200);
});
