import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Collection } from '../collection.js';
import { VirtualServiceIndex } from './virtual-service-index.js';
import { type VirtualService, virtualServiceSpec } from './virtual-service-spec.js';

/** `namespace/name` and what of the specification matters here. */
function document(key: string, hosts: string[], exportTo: string[] = []): VirtualService {
  const [namespace = '', name = ''] = key.split('/');
  const spec = virtualServiceSpec.parse({ hosts, exportTo, http: [{ directResponse: { status: 200 } }] });
  return { kind: 'VirtualService', namespace, name, labels: {}, annotations: {}, spec };
}

function deciding(documents: VirtualService[], host: string, caller = 'default'): string[] {
  const index = new VirtualServiceIndex(new Collection(documents));
  return index.deciding([host], caller).map(({ namespace, name }) => `${namespace}/${name}`);
}

const vendors = 'vendors.default.svc.cluster.local';

test('of two for one host the first in order of namespace/name comes first', () => {
  assert.deepEqual(deciding([document('b/a', [vendors]), document('a/b', [vendors])], vendors), ['a/b', 'b/a']);
});

test('a short host is a service of the document’s namespace', () => {
  const both = [document('default/a', ['vendors']), document('other/b', ['vendors'])];
  assert.deepEqual(deciding(both, vendors), ['default/a']);
});

test('a host comes before all below another, the longer of which comes first', () => {
  const all = [
    document('default/a', ['*.local']),
    document('default/b', ['*.svc.cluster.local']),
    document('default/c', [vendors]),
    document('default/d', ['*.vendors.default.svc.cluster.local']),
  ];
  assert.deepEqual(deciding(all, vendors), ['default/c', 'default/b', 'default/a']);
});

test('exportTo says whose callers know a document, and what is theirs alone comes first', () => {
  const all = [
    document('a/everyones', [vendors]),
    document('b/named', [vendors], ['default', 'x']),
    document('default/own', [vendors], ['.']),
    document('z/hidden', [vendors], ['z']),
  ];
  assert.deepEqual(deciding(all, vendors), ['default/own', 'b/named', 'a/everyones']);
  assert.deepEqual(deciding(all, vendors, 'y'), ['a/everyones']);
  assert.deepEqual(deciding(all, vendors, 'z'), ['z/hidden', 'a/everyones']);
});

test('all hosts that callers know', () => {
  const index = new VirtualServiceIndex(
    new Collection([document('default/a', ['b.example', '*.test']), document('x/b', ['hidden.example'], ['.'])]),
  );
  assert.deepEqual(index.hostsFor('default'), ['b.example', '*.test']);
});
