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

test('what is not of the log', () => {
  for (const text of [
    'error while loading shared libraries: libm.so.6',
    "    'x-a', 'critical|main|x'",
    'loud|main|x',
    '',
  ])
    assert.equal(parseLogLine(text), undefined);
});

test('warnings and worse are complaints', () => {
  const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'] as const;
  const complaints = levels.filter((level) => isComplaint({ level, component: 'wasm', message: '' }));
  assert.deepEqual(complaints, ['warning', 'error', 'critical']);
});
