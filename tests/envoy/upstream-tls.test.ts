// TLS towards a service: whom its instances must prove to be, in Envoy.
import assert from 'node:assert/strict';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import { after, before, describe, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { destinationRule, startCaller, startCallerOf } from '../support/caller.js';
import { Authority } from '../support/certificate.js';
import { document } from '../support/documents.js';
import { Folder } from '../support/folder.js';
import { listen } from '../support/listen.js';

const authority = new Authority();
const folder = new Folder({ 'ca.pem': authority.certificate, 'other.pem': new Authority('another').certificate });
const trusting = `caCertificates: ${folder.file('ca.pem')}`;

/** Answers with the name that it was asked for, or `none`. Its certificate is for `vendors` and for a URI. */
const certificate = authority.issue({ dns: ['vendors', '*.example.com'], uris: ['spiffe://example.com/vendors'] });
const options = { key: certificate.key, cert: certificate.certificate };
const answerName = (socket: unknown) => String((socket as TLSSocket).servername || 'none');
const http1 = createServer(options, (request, response) => response.end(answerName(request.socket)));
const http2 = createSecureServer(options, (request, response) =>
  response.end(answerName(request.stream.session?.socket)),
);

let ports: { http1: number; http2: number };
before(async () => {
  ports = { http1: await listen(http1), http2: await listen(http2) };
});
after(() => {
  http1.closeAllConnections();
  http1.close();
  http2.close();
});

const tls = (fields: string) => `trafficPolicy: { tls: { mode: SIMPLE, ${fields} } }`;

/** The answer for a service of this name, and the connections that failed because of a certificate. */
async function called(name: string, rule: string | undefined, port = ports.http1) {
  const caller = await startCaller({ name, ports: [port], ...(rule === undefined ? {} : { rule }) });
  const { status, text } = await caller.call(name);
  const count = (stat: string) => caller.metric(name, `ssl.${stat}`);
  return { status, text, untrusted: await count('fail_verify_error'), unnamed: await count('fail_verify_san') };
}

const reached = (text: string) => ({ status: 200, text, untrusted: 0, unnamed: 0 });

describe('TLS towards a service', () => {
  test('the Host is asked for and proven, by the authorities of a file', async () => {
    assert.deepEqual(await called('vendors', tls(trusting)), reached('vendors'));
  });

  test('another authority is refused', async () => {
    const { status, untrusted } = await called('vendors', tls(`caCertificates: ${folder.file('other.pem')}`));
    assert.deepEqual([status, untrusted > 0], [503, true]);
  });

  test('a certificate for other names than the Host is refused', async () => {
    const { status, unnamed } = await called('orders2', tls(trusting));
    assert.deepEqual([status, unnamed > 0], [503, true]);
  });

  test('sni: that name is asked for and proven, whatever the Host', async () => {
    assert.deepEqual(await called('orders2', tls(`${trusting}, sni: vendors`)), reached('vendors'));
    assert.deepEqual(await called('orders2', tls(`${trusting}, sni: a.example.com`)), reached('a.example.com'));
    const { status, unnamed } = await called('vendors', tls(`${trusting}, sni: elsewhere.example`));
    assert.deepEqual([status, unnamed > 0], [503, true]);
  });

  test('subjectAltNames: one of them is proven, whatever is asked for', async () => {
    const names = (list: string) => tls(`${trusting}, subjectAltNames: [${list}]`);
    assert.deepEqual(await called('orders2', names('"spiffe://example.com/vendors"')), reached('orders2'));
    assert.deepEqual(await called('orders2', names('elsewhere.example, vendors')), reached('orders2'));
    const { status, unnamed } = await called('vendors', names('elsewhere.example'));
    assert.deepEqual([status, unnamed > 0], [503, true]);
  });

  test('insecureSkipVerify: nothing is proven', async () => {
    assert.deepEqual(await called('orders2', tls('insecureSkipVerify: true')), reached('orders2'));
  });

  test('HTTP/2 over TLS, where the rule makes it that', async () => {
    const upgraded = `trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: UPGRADE } }, tls: { mode: SIMPLE, ${trusting} } }`;
    assert.deepEqual(await called('vendors', upgraded, ports.http2), reached('vendors'));
  });

  test('plain HTTP to the proxy and TLS to a host of a ServiceEntry, which may say whom it proves to be', async () => {
    const entry = (fields: string) =>
      document(
        'ServiceEntry',
        'partner',
        `{ hosts: [partner.example.com], location: MESH_INTERNAL, resolution: STATIC, endpoints: [{ address: 127.0.0.1 }], ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${ports.http1} }]${fields} }`,
      ).replace('tollgate.dev/v1', 'networking.istio.io/v1');
    const rule = destinationRule('partner.example.com', tls(trusting)).replace(
      'name: partner.example.com',
      'name: partner',
    );
    const answer = async (fields: string) => {
      const { status, text } = await (await startCallerOf([entry(fields), rule])).call('partner.example.com');
      return status === 200 ? text : status;
    };
    assert.equal(await answer(''), 'partner.example.com');
    assert.equal(await answer(', subjectAltNames: ["spiffe://example.com/vendors"]'), 'partner.example.com');
    assert.equal(await answer(', subjectAltNames: ["spiffe://example.com/orders"]'), 503);
  });

  test('DISABLE speaks plain HTTP', async () => {
    const { status, text } = await called('vendors', 'trafficPolicy: { tls: { mode: DISABLE } }');
    assert.notEqual(`${status} ${text}`, '200 vendors');
  });
});
