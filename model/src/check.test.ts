import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documents } from '../../tests/bounds/documents.js';
import { checkDocument } from './check.js';
import { findNode } from './find-node.js';
import { descriptorOf, kinds } from './kinds.js';
import { formatPath } from './resource.js';
import { checkDocuments } from './testing/check-documents.js';

const service = (name: string, namespace = 'default') => ({ kind: 'Service', metadata: { name, namespace } });
const policy = (name: string, spec: object, namespace = 'default') => ({
  kind: 'AccessPolicy',
  metadata: { name, namespace },
  spec: { rules: [{ name: 'a', deny: ['192.0.2.1'] }], ...spec },
});
describe('a resource', () => {
  for (const kind of kinds)
    test(`is plain data: a ${kind} is the same after a way through JSON`, () => {
      const [apiVersion] = descriptorOf(kind).apiVersions;
      const metadata = { name: 'x', labels: { team: 'a' }, annotations: { note: 'b' } };
      const { resource, mistakes } = checkDocument({ apiVersion, kind, metadata, spec: documents[kind] });
      assert.deepEqual(mistakes, []);
      assert.deepEqual(JSON.parse(JSON.stringify(resource)), resource);
      assert.deepEqual(Object.keys(resource ?? {}), ['kind', 'namespace', 'name', 'labels', 'annotations', 'spec']);
    });
});

test('what a Kubernetes API server adds to a document says nothing, in Istio’s kinds', () => {
  const stored = {
    metadata: {
      name: 'x',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      creationTimestamp: '2026-05-01T10:00:00Z',
      generation: 2,
      managedFields: [{ manager: 'kubectl' }],
      resourceVersion: '12345',
      uid: '00000000-0000-4000-8000-000000000000',
    },
    status: { conditions: [] },
  };
  for (const kind of kinds) {
    const [apiVersion] = descriptorOf(kind).apiVersions;
    const { mistakes } = checkDocument({ apiVersion, kind, spec: documents[kind], ...stored });
    const own = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'uid'];
    const unknown = [...own.map((field) => `metadata.${field}`), 'status'].sort();
    const found = mistakes.map(({ path }) => formatPath(path)).sort();
    assert.deepEqual(found, apiVersion.startsWith('tollgate.dev') ? unknown : []);
  }
  const { mistakes } = checkDocument({
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata: { name: 'x', uuid: '' },
    spec: {},
  });
  assert.equal(mistakes[0]?.message, 'unknown field "uuid", expected one of: name, namespace, labels, annotations');
});

describe('a mistake without a file', () => {
  test('names the resource, the path in it, and what to write instead', () => {
    const { mistakes } = checkDocuments({ ...policy('list', { rulez: [] }, 'shop') });
    assert.deepEqual(mistakes, [
      {
        resource: { kind: 'AccessPolicy', namespace: 'shop', name: 'list' },
        path: ['spec', 'rulez'],
        message: 'unknown field "rulez", did you mean "rules"?',
        suggestion: 'rules',
      },
    ]);
  });

  test('of a reference is in the very resource that was given', () => {
    const { model, mistakes } = checkDocuments(
      service('vendors'),
      policy('list', { targetRefs: [{ kind: 'Service', name: 'vendor' }] }),
    );
    const [mistake] = mistakes;
    assert.equal(mistake?.resource, model.of('AccessPolicy').get('default', 'list'));
    assert.equal(formatPath(mistake?.path ?? []), 'spec.targetRefs[0].name');
    assert.equal(mistake?.suggestion, 'vendors');
  });

  test('of a document that says neither kind nor name is in none', () => {
    assert.deepEqual(checkDocument([]).mistakes, [
      { path: [], message: 'is a list, not a policy: write apiVersion, kind, metadata and spec' },
    ]);
  });

  test('of a name that is there twice names no place where there is none', () => {
    const { messages } = checkDocuments(service('vendors'), service('vendors'));
    assert.equal(
      messages,
      'metadata.name: Service "vendors" already exists: names must be unique per kind and namespace',
    );
  });
});

describe('a model', () => {
  const { model } = checkDocuments(
    service('orders', 'b'),
    service('vendors', 'b'),
    service('vendors', 'a'),
    policy('z', { targetRefs: [{ kind: 'Service', name: 'vendors', namespace: 'a' }] }, 'b'),
    policy('m', {}, 'a'),
    policy('a', { targetRefs: [{ kind: 'Service', name: 'vendors' }], side: 'consumer' }, 'a'),
    policy('n', {}, 'b'),
  );
  const services = model.of('Service');
  const keys = (resources: readonly { namespace: string; name: string }[]) =>
    resources.map(({ namespace, name }) => `${namespace}/${name}`);

  test('has the documents of a kind in order, and finds them by name and namespace', () => {
    assert.deepEqual(keys(services.all), ['a/vendors', 'b/orders', 'b/vendors']);
    assert.equal(services.get('b', 'vendors'), services.all[2]);
    assert.equal(services.get('b', 'nobody'), undefined);
    assert.deepEqual(keys(services.inNamespace('b')), ['b/orders', 'b/vendors']);
    assert.deepEqual(keys(services.named('vendors')), ['a/vendors', 'b/vendors']);
  });

  test('knows which policies govern a service on which side: by name, and by namespace where they name none', () => {
    const governing = (namespace: string, name: string, side: 'provider' | 'consumer') =>
      keys(model.governing('AccessPolicy', services.get(namespace, name) ?? assert.fail(), side));
    assert.deepEqual(governing('a', 'vendors', 'provider'), ['a/m', 'b/z']);
    assert.deepEqual(governing('a', 'vendors', 'consumer'), ['a/a']);
    assert.deepEqual(governing('b', 'orders', 'provider'), ['b/n']);
  });

  test('is searched for a node by name, or by namespace/name', () => {
    const node = (namespace: string) => ({
      kind: 'Node',
      metadata: { name: 'n', namespace },
      spec: { services: ['vendors'] },
    });
    const { model } = checkDocuments(service('vendors', 'a'), service('vendors', 'b'), node('a'), node('b'));
    assert.equal(findNode(model, 'b/n').namespace, 'b');
    assert.equal(findNode(model, 'n', 'a').namespace, 'a');
    assert.throws(() => findNode(model, 'n'), /several namespaces have a node "n", write a\/n or b\/n/);
    assert.throws(() => findNode(model, 'm'), /there is no node "m", did you mean "n"/);
  });
});
