import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findNode } from '@tollgate/model';
import { modelOf } from '../../../tests/support/model.js';
import type { FilterConfig } from '../filter-config/index.js';
import { compile } from './compile.js';
import { inlined } from './linked.js';

function compiled(nodeName: string, ...documents: string[]) {
  const model = modelOf(documents.join('\n---\n'));
  return compile(model, findNode(model, nodeName), { version: '1', wasm: { path: '/filter.wasm' } });
}

const document = (kind: string, name: string, spec: string, namespace = 'default') =>
  `apiVersion: tollgate.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}`;

const orders = document('Service', 'orders', '{}');
const vendors = document(
  'Service',
  'vendors',
  '{hosts: [vendors.example], instances: [{address: 127.0.0.1, port: 9001}]}',
);
const ordersNode = document(
  'Node',
  'orders-1',
  '{services: [orders], outbound: {listen: {address: 127.0.0.1, port: 15001}}}',
);
const vendorsNode = document(
  'Node',
  'vendors-1',
  '{services: [vendors], inbound: [{service: vendors, listen: {address: 127.0.0.1, port: 9001}, to: {address: 127.0.0.1, port: 7001}}]}',
);
const token = document(
  'TokenPolicy',
  'tokens',
  '{targetRefs: [{kind: Service, name: vendors}], systems: [{id: ord, service: orders, secrets: [{env: ORD}, {file: old.txt}]}]}',
);

interface VmConfig {
  vm_id: string;
  configuration: { value: string };
  environment_variables?: { host_env_keys: string[] };
}

interface Manager {
  route_config: { virtual_hosts: { name: string; domains: string[] }[] };
  http_filters: {
    name: string;
    typed_config: {
      config: { configuration: { value: string }; vm_config: VmConfig };
    };
  }[];
}

function managerOf(resources: ReturnType<typeof compiled>, index = 0): Manager {
  return inlined(resources).listeners[index]?.filter_chains?.[0]?.filters?.[0]?.typed_config as unknown as Manager;
}

function configOf(resources: ReturnType<typeof compiled>, index = 0): FilterConfig {
  return JSON.parse(managerOf(resources, index).http_filters[0]?.typed_config.config.configuration.value ?? '');
}

describe('the token', () => {
  test('the provider verifies with every secret, by the names of variables', () => {
    const resources = compiled('vendors-1', orders, vendors, vendorsNode, token);
    const [policy] = configOf(resources).targets[0]?.token ?? [];
    const [, old = ''] = (policy as { systems: { secrets: string[] }[] }).systems[0]?.secrets ?? [];
    assert.match(old, /^TOLLGATE_SECRET_TOKENS_ORD_2_[0-9A-F]{6}$/);
    assert.deepEqual(
      resources.secrets.map(({ name, file }) => [name, file?.path, file?.policy.name]),
      [
        ['ORD', undefined, undefined],
        [old, 'old.txt', 'tokens'],
      ],
    );
    assert.deepEqual(
      managerOf(resources).http_filters[0]?.typed_config.config.vm_config.environment_variables?.host_env_keys,
      ['ORD', old],
    );
  });

  test('a VM is that of one service and side, and is granted the secrets of their policies alone', () => {
    const inbound = (service: string, port: number) =>
      `{service: ${service}, listen: {address: 127.0.0.1, port: ${port}}, to: {address: 127.0.0.1, port: 7001}}`;
    const both = document(
      'Node',
      'both',
      `{services: [vendors, orders], inbound: [${inbound('vendors', 9001)}, ${inbound('vendors', 9002)}, ${inbound('orders', 9003)}], outbound: [{listen: {address: 127.0.0.1, port: 9004}, service: orders}]}`,
    );
    const own = document(
      'TokenPolicy',
      'own',
      '{targetRefs: [{kind: Service, name: orders}], side: provider, systems: [{id: x, secrets: [{env: X}]}]}',
    );
    const resources = compiled('both', orders, vendors, both, token, own);
    const vms = resources.listeners.map((_, index) => {
      const { vm_config: vm } = managerOf(resources, index).http_filters[0]?.typed_config.config ?? assert.fail();
      return [vm.vm_id, vm.configuration.value, vm.environment_variables?.host_env_keys];
    });
    const ofToken = resources.secrets.flatMap(({ name }) => (name === 'X' ? [] : [name]));
    assert.deepEqual(vms, [
      ['tollgate', 'provider vendors', ofToken],
      ['tollgate', 'provider vendors', ofToken],
      ['tollgate', 'provider orders', ['X']],
      ['tollgate', 'consumer orders', ofToken],
    ]);
  });

  test('the consumer signs as its own system, and only takes the headers away where it is none', () => {
    const signing = configOf(compiled('orders-1', orders, vendors, ordersNode, token));
    assert.equal(signing.service, 'orders');
    const [signer] = signing.targets[0]?.token ?? [];
    assert.equal(signer && 'sign' in signer && signer.sign?.system, 'ord');
    const other = document(
      'Node',
      'other-1',
      '{services: [other], outbound: {listen: {address: 127.0.0.1, port: 15001}}}',
    );
    const stripping = configOf(compiled('other-1', orders, vendors, document('Service', 'other', '{}'), other, token));
    assert.equal('sign' in (stripping.targets[0]?.token?.[0] ?? {}), false);
  });
});

describe('who governs what', () => {
  const deny = (name: string, spec: string) =>
    document('AccessPolicy', name, `{${spec} rules: [{name: a, deny: [10.0.0.0/8]}]}`);

  test('without targetRefs every service of the namespace, with them only the named ones, each on its side', () => {
    const resources = compiled(
      'vendors-1',
      orders,
      vendors,
      vendorsNode,
      deny('all', ''),
      deny('orders-only', 'targetRefs: [{kind: Service, name: orders}],'),
      deny('consumer', 'side: consumer,'),
    );
    assert.deepEqual(
      configOf(resources).targets[0]?.access?.map(({ name }) => name),
      ['all'],
    );
  });

  test('a listener without policies has no filter', () => {
    assert.deepEqual(
      managerOf(compiled('vendors-1', vendors, vendorsNode)).http_filters.map(({ name }) => name),
      ['envoy.filters.http.router'],
    );
  });
});

test('a breaker runs at its callers unless it is said otherwise, with gRPC statuses by number', () => {
  const breaker = document(
    'CircuitBreakerPolicy',
    'breaker',
    '{breakers: [{name: b, trip: {slowPercent: 5, slowAfter: 1s}, failures: {grpc: [CANCELLED, UNAUTHENTICATED]}}]}',
  );
  assert.deepEqual(configOf(compiled('orders-1', orders, vendors, ordersNode, breaker)).targets[1]?.breaker, [
    {
      namespace: 'default',
      name: 'breaker',
      mode: 'enforce',
      breakers: [
        {
          name: 'b',
          windowMs: 30_000,
          trip: { slowPercent: 5, requestsMin: 20, slowAfterMs: 1000 },
          failures: { statuses: ['5xx'], grpc: [1, 16], resets: true },
          open: { forMs: 10_000, forMaxMs: 300_000 },
          probes: 1,
        },
      ],
    },
  ]);
  assert.deepEqual(managerOf(compiled('vendors-1', orders, vendors, vendorsNode, breaker)).http_filters.length, 1);
});

describe('how a service reads paths', () => {
  test('each target has its own, and its rules in that form', () => {
    const express = document('Service', 'express', '{paths: {caseSensitive: false, trailingSlash: ignored}}');
    const rules = ['{exact: /Admin}', '{prefix: /Below/}', '{suffix: .Key}'].map(
      (path, index) => `{name: r${index}, match: [{path: ${path}}], deny: [10.0.0.1]}`,
    );
    const access = document('AccessPolicy', 'paths', `{side: consumer, rules: [${rules.join(', ')}]}`);
    const { targets } = configOf(compiled('orders-1', orders, vendors, express, ordersNode, access));
    const told = targets.map(({ service, paths, access: [policy] = [] }) => [
      service,
      paths,
      policy?.rules.map((rule) => 'match' in rule && Object.values(rule.match?.[0]?.path ?? {})[0]),
    ]);
    assert.deepEqual(told, [
      ['default/express', { caseSensitive: false, trailingSlash: 'ignored' }, ['/admin/', '/below/', '.key/']],
      ['default/orders', undefined, ['/Admin', '/Below/', '.Key']],
      ['default/vendors', undefined, ['/Admin', '/Below/', '.Key']],
    ]);
  });
});

describe('what a caller can reach', () => {
  test('its own namespace by the short name, the others by their full one, and every host', () => {
    const far = document('Service', 'vendors', '{}', 'far');
    const hosts = managerOf(compiled('orders-1', orders, vendors, far, ordersNode)).route_config.virtual_hosts;
    assert.deepEqual(
      hosts.map(({ name, domains }) => [name, domains]),
      [
        ['default/orders', ['orders', 'orders.default.svc.cluster.local', 'orders.default', 'orders.default.svc']],
        [
          'default/vendors',
          ['vendors', 'vendors.default.svc.cluster.local', 'vendors.default', 'vendors.default.svc', 'vendors.example'],
        ],
        ['far/vendors', ['vendors.far.svc.cluster.local', 'vendors.far', 'vendors.far.svc']],
        ['unknown_host', ['*']],
      ],
    );
  });

  test('a service that is granted to others does not appear', () => {
    const secret = document('Service', 'secret', '{registry: granted-only, grants: [{consumer: vendors}]}');
    const resources = compiled('orders-1', orders, vendors, secret, ordersNode);
    assert.deepEqual(
      resources.clusters.map(({ name }) => name),
      ['outbound/default/orders/80', 'outbound/default/vendors/80'],
    );
    const granted = document('Service', 'secret', '{registry: granted-only, grants: [{consumer: orders}]}');
    assert.equal(compiled('orders-1', orders, vendors, granted, ordersNode).clusters.length, 3);
  });
});

test('what the filter would refuse is not given out', () => {
  const text = [vendors, vendorsNode, document('AccessPolicy', 'list', '{rules: [{name: a, deny: [192.0.2.1]}]}')].join(
    '\n---\n',
  );
  const model = modelOf(text);
  // A checked model never has this: it stands for a mistake of the compiler.
  const [policy] = model.of('AccessPolicy');
  if (policy?.spec.rules[0]) policy.spec.rules[0].deny = ['nowhere'];
  assert.throws(
    () => compile(model, findNode(model, 'vendors-1'), { version: '1', wasm: { path: '/filter.wasm' } }),
    /the filter on the provider side of vendors would refuse what was compiled for it/,
  );
});
