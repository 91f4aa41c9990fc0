import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decodePairs, encodePairs } from './pairs.js';

const latin1 = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(latin1, latin1), { maxLength: 20 }), (pairs) =>
      assert.deepEqual(decodePairs(encodePairs(pairs)), pairs),
    ),
  );
});

test('anything malformed is an empty list', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void decodePairs(bytes)));
  const whole = encodePairs([['a', 'b']]);
  for (let size = 0; size < whole.length; size++) assert.deepEqual(decodePairs(whole.subarray(0, size)), []);
  assert.deepEqual(decodePairs(Buffer.concat([whole, Buffer.of(0)])), []);
  assert.deepEqual(decodePairs(encodePairs(Array(1025).fill(['a', 'b']))), []);
});
