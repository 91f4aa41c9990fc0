import assert from 'node:assert/strict';
import { test } from 'node:test';
import { istioDuration } from './scalars.js';

const ms = (text: unknown) => {
  const { success, data, error } = istioDuration.safeParse(text, { reportInput: true });
  return success ? data : error.issues[0]?.message;
};

test('durations are spelled as Go spells them', () => {
  const spelled = { '3s': 3000, '0.5s': 500, '1h10m': 4_200_000, '30ms': 30, '1.5h': 5_400_000, '0.3s': 300 };
  for (const [text, expected] of Object.entries(spelled)) assert.equal(ms(text), expected, text);
  for (const text of ['0', '0s', '.0s']) assert.equal(ms(text), 0, text);
  assert.equal(ms('1000us'), 1);
});

test('what is no duration of whole milliseconds is refused', () => {
  for (const text of ['', '10', '-1s', '1 s', 's', '1d', '1s1', '1,5s', '.s'])
    assert.match(String(ms(text)), /is not a duration/, text);
  assert.match(String(ms('1.5ms')), /is finer than a millisecond/);
  assert.match(String(ms('1us')), /is finer than a millisecond/);
  assert.match(String(ms('8761h')), /is too long, write at most 8760h/);
  assert.match(String(ms(10)), /is a number, write a duration such as 10s/);
});
