import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServiceSpec } from './service.js';
import { checkDocuments } from './testing/check-documents.js';

const service = (spec: object, name = 'vendors') => ({ kind: 'Service', metadata: { name }, spec });
const node = (spec: object) => ({ kind: 'Node', metadata: { name: 'n' }, spec: { services: ['vendors'], ...spec } });
const policy = (kind: string, spec: object) => ({ kind, metadata: { name: 'p' }, spec });
const http = { name: 'http', port: 80 };
const tcp = { name: 'db', port: 5432, protocol: 'TCP' };

function specOf(spec: object): ServiceSpec {
  const { model, messages } = checkDocuments(service(spec));
  assert.equal(messages, '');
  return model.of('Service').all[0]?.spec ?? assert.fail();
}

describe('the ports of an instance', () => {
  const instance = (written: object, ports: object[] = [http, tcp]) =>
    specOf({ ports, instances: [{ address: '10.0.0.1', ...written }] }).instances[0];

  test('have the first port in both places, wherever it was written', () => {
    for (const written of [
      { port: 1, ports: { db: 2 } },
      { ports: { db: 2, http: 1 } },
      { port: 1, ports: { http: 1, db: 2 } },
    ]) {
      const { port, ports } = instance(written) ?? assert.fail();
      assert.deepEqual({ port, ports: { ...ports } }, { port: 1, ports: { http: 1, db: 2 } });
    }
  });

  test('are one for all that speak the same HTTP, where nothing else is said', () => {
    const ports = ['HTTP', 'HTTP', 'HTTP2', 'GRPC', 'TCP'].map((protocol, at) => ({
      name: `p${at}`,
      port: at + 1,
      protocol,
    }));
    assert.deepEqual({ ...instance({ port: 9 }, ports)?.ports }, { p0: 9, p1: 9 });
    assert.deepEqual({ ...instance({ port: 9 }, ports.slice(2))?.ports }, { p2: 9, p3: 9 });
    assert.deepEqual({ ...instance({ port: 9 }, ports.slice(4))?.ports }, { p4: 9 });
  });

  test('must be ports of the service, and leave no doubt about the first', () => {
    const refused = (written: object) =>
      checkDocuments(service({ ports: [http, tcp], instances: [{ address: '10.0.0.1', ...written }] })).messages;
    assert.match(refused({ port: 1, ports: { dbs: 2 } }), /^spec\.instances\[0\]\.ports\.dbs: .*did you mean "db"/);
    assert.match(refused({ port: 1, ports: { http: 2 } }), /^spec\.instances\[0\]\.ports\.http: is 2, and port is 1/);
    assert.match(refused({ ports: { db: 2 } }), /^spec\.instances\[0\]: has no number for the service's first port/);
  });

  test('that no instance has are told', () => {
    const { warnings } = checkDocuments(service({ ports: [http, tcp], instances: [{ address: '10.0.0.1', port: 1 }] }));
    assert.match(warnings.join('\n'), /^spec\.ports\[1\]: no instance says where its port "db" is/);
  });

  test('are one each, by name and by number', () => {
    const { messages } = checkDocuments(service({ ports: [http, { name: 'other', port: 80 }] }));
    assert.equal(messages, 'spec.ports[1].port: "80" is used twice, every port must be unique');
  });
});

describe('a health check', () => {
  test('has defaults', () => {
    assert.deepEqual(specOf({ healthCheck: { path: '/healthz' } }).healthCheck, {
      path: '/healthz',
      interval: 10_000,
      timeout: 1000,
      healthy: 2,
      unhealthy: 3,
    });
  });

  test('asks for the path as the proxy of an instance sees it', () => {
    assert.equal(specOf({ healthCheck: { path: '/a//%62?full=1' } }).healthCheck?.path, '/a/b?full=1');
    for (const path of ['healthz', '', '/%zz', '/a?b#c'])
      assert.match(
        checkDocuments(service({ healthCheck: { path } })).messages,
        /^spec\.healthCheck\.path: .* is not a path/,
      );
  });

  test('needs a path for HTTP, none for gRPC, and has none for plain TCP', () => {
    const messages = (ports: object[], healthCheck: object) => checkDocuments(service({ ports, healthCheck })).messages;
    assert.match(messages([http], {}), /^spec\.healthCheck: has no path for the port "http"/);
    assert.equal(messages([{ ...http, protocol: 'GRPC' }], {}), '');
    assert.equal(messages([tcp], {}), '');
    assert.match(messages([tcp], { path: '/' }), /^spec\.healthCheck\.path: plain TCP has no paths/);
    assert.equal(messages([http, tcp], { path: '/' }), '');
  });
});

describe('the listeners of a node', () => {
  const check = (spec: object, ...more: object[]) =>
    checkDocuments(service({ ports: [http, tcp] }), ...more, node(spec)).messages;
  const listen = { address: '127.0.0.1', port: 1 };
  const to = { address: '127.0.0.1', port: 2 };

  test('name ports that the service has', () => {
    assert.equal(check({ inbound: [{ service: 'vendors', port: 'db', listen, to }] }), '');
    assert.equal(check({ inbound: [{ service: 'vendors', port: 5432, listen, to }] }), '');
    assert.match(
      check({ inbound: [{ service: 'vendors', port: 'https', listen, to }] }),
      /^spec\.inbound\[0\]\.port: "https" is not a port of Service "vendors", did you mean "http"/,
    );
    assert.match(
      check({ outbound: [{ listen, to: { service: 'vendors', port: 'pg' } }] }),
      /^spec\.outbound\.to\.port: "pg" is not a port of Service "vendors", which has: http, db/,
    );
  });

  test('of plain TCP lead to a service that is there, speaks it, and is given to the caller', () => {
    const outbound = (to: object) => ({ outbound: [{ listen, to }] });
    assert.equal(check(outbound({ service: 'vendors' })), '');
    assert.match(check(outbound({ service: 'vendor' })), /^spec\.outbound\.to\.service: there is no Service "vendor"/);
    assert.match(
      check(outbound({ service: 'vendors', port: 'http' })),
      /^spec\.outbound\.to\.port: the port "http" of Service "vendors" is HTTP: /,
    );
    assert.match(
      check(outbound({ service: 'web' }), service({}, 'web')),
      /^spec\.outbound\.to: Service "web" has no port for plain TCP/,
    );
    const granted = (consumer: string) =>
      service({ ports: [tcp], registry: 'granted-only', grants: [{ consumer }] }, 'ledger');
    assert.match(
      check(outbound({ service: 'ledger' }), granted('ledger')),
      /^spec\.outbound\.to\.service: Service "ledger" is granted-only and has no grant for "vendors"/,
    );
    assert.equal(check(outbound({ service: 'ledger' }), granted('vendors')), '');
  });

  test('of plain TCP lead to nothing that a Sidecar hides', () => {
    const sidecar = (...hosts: string[]) => ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 's' },
      spec: { egress: [{ hosts }] },
    });
    const outbound = { outbound: [{ listen, to: { service: 'ledger' } }] };
    const ledger = service({ ports: [tcp] }, 'ledger');
    assert.match(
      check(outbound, ledger, sidecar('./vendors')),
      /^spec\.outbound\.to\.service: a Sidecar hides Service "ledger" from "vendors": add default\/ledger/,
    );
    assert.equal(check(outbound, ledger, sidecar('./ledger')), '');
    assert.equal(check(outbound, ledger, sidecar('./*')), '');
  });

  test('are not passed by an instance, at whichever of its ports', () => {
    const inbound = [{ service: 'vendors', port: 'db', listen, to }];
    const { messages } = checkDocuments(
      service({ ports: [http, tcp], instances: [{ address: '127.0.0.1', port: 9, ports: { db: 2 } }] }),
      node({ inbound }),
    );
    assert.match(messages, /^spec\.instances\[0\]\.ports\.db: leads past the proxy of node "n"/);
  });

  test('are in a zone of at most three parts', () => {
    assert.equal(check({ zone: 'eu/eu-1/a' }), '');
    assert.match(check({ zone: 'eu/eu-1/a/b' }), /^spec\.zone: is not a zone/);
  });
});

describe('a policy for plain TCP', () => {
  const named = [{ kind: 'Service', name: 'vendors' }];
  const check = (kind: string, spec: object, ports: object[] = [tcp], ...more: object[]) =>
    checkDocuments(service({ ports }), ...more, policy(kind, spec));
  const rules = [{ name: 'r', allow: ['10.0.0.0/8'] }];
  const limit = { name: 'l', key: ['service'] };
  const concurrent = { ...limit, concurrent: 5 };

  test('says who may connect, and how often at once', () => {
    assert.equal(check('AccessPolicy', { targetRefs: named, rules }).messages, '');
    const limits = [{ ...concurrent, key: ['address'], match: [{ addresses: ['10.0.0.0/8'] }] }];
    assert.equal(check('RateLimitPolicy', { targetRefs: named, limits }).messages, '');
  });

  test('says nothing of calls', () => {
    const messages = (limits: object[]) => check('RateLimitPolicy', { limits }).messages;
    assert.match(
      messages([{ ...limit, requests: 5, per: '1s' }]),
      /^spec\.limits\[0\]\.requests: Service "vendors" is plain TCP: nobody counts calls there, write concurrent/,
    );
    assert.match(messages([{ ...concurrent, key: ['path'] }]), /^spec\.limits\[0\]\.key\[0\]: .* has no path/);
    assert.match(
      messages([{ ...concurrent, key: [{ header: 'a' }] }]),
      /^spec\.limits\[0\]\.key\[0\]: .* has no header/,
    );
    assert.match(messages([{ ...concurrent, headers: true }]), /^spec\.limits\[0\]\.headers: /);
    assert.match(
      messages([{ ...concurrent, match: [{ methods: ['GET'] }] }]),
      /^spec\.limits\[0\]\.match\[0\]\.methods: /,
    );
    const fairShares = { requests: 5, per: '1s' };
    assert.match(check('RateLimitPolicy', { fairShares }).messages, /^spec\.fairShares: /);
    const match = [{ path: { prefix: '/' } }];
    assert.match(
      check('AccessPolicy', { rules: [{ ...rules[0], match }] }).messages,
      /^spec\.rules\[0\]\.match\[0\]\.path: /,
    );
  });

  test('asks for no token', () => {
    const spec = { systems: [{ id: 'orders', secrets: [{ env: 'A' }] }] };
    assert.match(check('TokenPolicy', spec).messages, /^spec: Service "vendors" is plain TCP: AccessPolicy/);
  });

  test('is a warning where other services or ports are governed too', () => {
    const limits = [{ ...limit, requests: 5, per: '1s' }];
    const more = check('RateLimitPolicy', { limits }, [tcp], service({}, 'web'));
    assert.equal(more.messages, '');
    assert.match(
      more.warnings.join('\n'),
      /^spec\.limits\[0\]\.requests: does not apply to Service "vendors", which is/,
    );
    const mixed = check('RateLimitPolicy', { targetRefs: named, limits }, [http, tcp]);
    assert.equal(mixed.messages, '');
    assert.match(mixed.warnings.join('\n'), /does not apply to the port "db" of Service "vendors", which is plain TCP/);
    const conditions = { targetRefs: named, rules: [{ ...rules[0], match: [{ path: { prefix: '/' } }] }] };
    assert.deepEqual(check('AccessPolicy', conditions, [http, tcp]).warnings, []);
    assert.match(
      check('RateLimitPolicy', { targetRefs: named, limits }, [tcp], service({}, 'web')).messages,
      /Service "vendors" is plain TCP/,
    );
  });
});
