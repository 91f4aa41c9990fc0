import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Collection } from './collection.js';

const resource = (name: string, namespace = 'default') => ({ kind: 'Service', namespace, name });
const names = ({ all }: Collection) => all.map(({ namespace, name }) => `${namespace}/${name}`);

test('the same resources are the same collection, others are another with all that is theirs', () => {
  const [a, b, c] = [resource('a'), resource('b'), resource('c', 'far')];
  const before = new Collection([c, b, a]);
  assert.equal(before.with([c, b, a]), before);
  const other = resource('b');
  const after = before.with([c, other, a]);
  assert.notEqual(after, before);
  assert.deepEqual(names(after), ['default/a', 'default/b', 'far/c']);
  assert.equal(after.get('default', 'b'), other);
  assert.equal(after.inNamespace('default')[1], other);
  assert.equal(after.named('b')[0], other);
  assert.equal(before.get('default', 'b'), b);
});

test('one that is new, gone or elsewhere makes a collection of its own', () => {
  const [a, b] = [resource('a'), resource('b')];
  const before = new Collection([a, b]);
  assert.deepEqual(names(before.with([a])), ['default/a']);
  assert.deepEqual(names(before.with([a, resource('d')])), ['default/a', 'default/d']);
  const moved = before.with([b, a]);
  assert.deepEqual(names(moved), ['default/a', 'default/b']);
  assert.equal(moved.get('default', 'b'), b);
});
