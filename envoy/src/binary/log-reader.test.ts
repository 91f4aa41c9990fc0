import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogReader } from './log-reader.js';

/** `level|component|message` of the lines that pass. */
function passed(...lines: string[]): string[] {
  const log = new LogReader();
  return lines
    .flatMap((line) => log.read(line) ?? [])
    .map(({ level, component, message }) => `${level}|${component}|${message}`);
}

const begun = 'info|main|starting';
const told = 'warning|backtrace|part of what Envoy wrote is left out, because it can contain data from requests';
const backtrace = [
  'critical|backtrace|Caught Segmentation fault, suspect faulting address 0x246d',
  'critical|backtrace|Envoy version: 9e5580/1.40.0/Clean/RELEASE/BoringSSL',
  'critical|backtrace|#0: Envoy::Http::ConnectionManagerImpl::onData() [0x55c8bee37060]',
  'critical|backtrace|#1: [0x7fee739891f5]',
];
const streams = [
  'ActiveStream 0x1394ff76e700, stream_id_: 16252809907882242240&filter_manager_: ',
  '  filter_manager_callbacks_.requestHeaders(): ',
  "    'authorization', 'Bearer s3cret'",
  'current_dispatching_buffer_ front_slice length: 9 contents: "s3cret"',
];

test('the lines of the log pass', () => {
  const lines = [begun, 'warning|wasm|wasm log governance: a|b', 'error|misc|'];
  assert.deepEqual(passed(...lines), lines);
});

test('before the log begins every line is an error, as it is', () => {
  const loader = 'error while loading shared libraries: libm.so.6';
  assert.deepEqual(passed(loader, begun), [`error|envoy|${loader}`, begun]);
});

test('of a crash the backtrace passes, and one line in place of the rest', () => {
  assert.deepEqual(passed(begun, ...backtrace, ...streams), [begun, ...backtrace, told]);
  assert.deepEqual(passed(...backtrace, ...streams), [...backtrace, told], 'a crash at the very start');
});

test('what comes with or after the streams does not pass, whatever its form', () => {
  const others = ['info|wasm|s3cret', 'critical|backtrace|#2: s3cret', 's3cret', ''];
  assert.deepEqual(passed(begun, ...backtrace, ...streams, ...others), [begun, ...backtrace, told]);
});

test('another thread’s log line between the frames does not pass either', () => {
  const [first = '', ...frames] = backtrace;
  assert.deepEqual(passed(begun, first, 'info|wasm|s3cret', ...frames), [begun, first, told, ...frames]);
});

test('lines past the log do not pass without a crash, and the log goes on', () => {
  assert.deepEqual(passed(begun, ...streams, begun), [begun, told, begun]);
});
