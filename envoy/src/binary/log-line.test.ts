import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isComplaint, parseLogLine } from './log-line.js';

test('level, component and message, in which the separator may stand', () => {
  assert.deepEqual(parseLogLine('warning|wasm|wasm log governance: a|b'), {
    level: 'warning',
    component: 'wasm',
    message: 'wasm log governance: a|b',
  });
  assert.deepEqual(parseLogLine('info|main|'), { level: 'info', component: 'main', message: '' });
});

test('a line that is not of the log is an error, as it is', () => {
  const line = parseLogLine('error while loading shared libraries: libm.so.6');
  assert.deepEqual(line, {
    level: 'error',
    component: 'envoy',
    message: 'error while loading shared libraries: libm.so.6',
  });
  assert.ok(isComplaint(line));
  assert.ok(!isComplaint(parseLogLine('info|wasm|x')));
});
