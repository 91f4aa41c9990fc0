import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDocuments } from '../testing/check-documents.js';

const entry = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'api' },
  spec: { hosts: ['api.example.com'], ports: [{ number: 443, name: 'tls', protocol: 'TLS' }], resolution: 'DNS' },
};
const check = (spec: object) =>
  checkDocuments(entry, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'routes' },
    spec: { hosts: ['api.example.com', '*.wild.example.com'], ...spec },
  });
const route = [{ destination: { host: 'api.example.com' } }];
const tls = (match: object, more: object = {}) => check({ tls: [{ match: [match], route, ...more }] });
const sni = { sniHosts: ['api.example.com'] };

test('what is right', () => {
  assert.deepEqual(tls({ ...sni, port: 443, sourceLabels: { app: 'a' }, sourceNamespace: 'a' }).mistakes, []);
  assert.deepEqual(tls({ sniHosts: ['*.wild.example.com', 'a.wild.example.com'] }).mistakes, []);
  assert.deepEqual(check({ tcp: [{ route }] }).mistakes, []);
  assert.deepEqual(check({ tcp: [{ match: [{ port: 443, gateways: ['mesh'] }], route }] }).warnings, []);
});

describe('what is wrong', () => {
  const refused: [what: string, found: ReturnType<typeof check>, expected: RegExp][] = [
    ['nothing', check({}), /routes nothing, write http, tls or tcp/],
    ['no names', tls({}), /tls\[0\]\.match\[0\]\.sniHosts: is required/],
    ['a name of others', tls({ sniHosts: ['b.example.com'] }), /sniHosts\[0\]: "b.example.com" is none of `hosts`/],
    ['every name', tls({ sniHosts: ['*'] }), /sniHosts\[0\]: "\*" is not a host, write/],
    ['no condition', check({ tls: [{ match: [], route }] }), /tls\[0\]\.match: is empty/],
    ['no route', tls(sni, { route: [] }), /tls\[0\]\.route: is empty/],
    ['networks', tls({ ...sni, destinationSubnets: ['10.0.0.0/8'] }), /destinationSubnets \(it needs transparent/],
    [
      'a source',
      check({ tcp: [{ match: [{ sourceSubnet: '10.0.0.0/8' }], route }] }),
      /sourceSubnet \(write sourceLab/,
    ],
    ['a gateway', tls({ ...sni, gateways: ['edge'] }), /the kind Gateway is not in this release yet/],
    ['no weight', tls(sni, { route: [...route, ...route] }), /tls\[0\]\.route: has no weight above 0/],
    ['an unknown field', tls({ ...sni, ports: [443] }), /unknown field "ports", did you mean "port"\?/],
  ];
  for (const [what, { messages }, expected] of refused) test(what, () => assert.match(messages, expected));
});

test('a destination that nobody has', () => {
  const nobody = [{ destination: { host: 'nobody.example.com' } }];
  assert.match(tls(sni, { route: nobody }).warnings.join(), /tls\[0\]\.route\[0\]\.destination\.host: /);
  assert.match(check({ tcp: [{ route: nobody }] }).warnings.join(), /tcp\[0\]\.route\[0\]\.destination\.host: /);
});
