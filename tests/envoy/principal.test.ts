// The peer's certificate as an identity, on a listener that requires one.
import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { compile, inlineModule, staticBootstrap } from '@tollgate/envoy';
import { type EnvoyProcess, startEnvoy } from '@tollgate/envoy/binary';
import { findNode } from '@tollgate/model';
import { type Application, startApplication } from '../support/application.js';
import { Authority, type Certificate } from '../support/certificate.js';
import { realEnvoy } from '../support/envoy.js';
import { modelOf } from '../support/model.js';
import { freePorts } from '../support/ports.js';
import { within } from '../support/wait.js';

const authority = new Authority();
const server = authority.issue({ dns: ['vendors'] });
const orders = authority.issue({ uris: ['spiffe://mesh/ns/default/sa/orders'] });
const others = authority.issue({ uris: ['spiffe://mesh/ns/default/sa/others'] });
const noSpiffe = authority.issue({ uris: ['https://mesh/ns/default/sa/orders'] });
const forged = new Authority().issue({ uris: ['spiffe://mesh/ns/default/sa/orders'] });

const policies = (port: number, application: number) => `
{apiVersion: tollgate.dev/v1, kind: Service, metadata: {name: vendors}}
---
apiVersion: tollgate.dev/v1
kind: Node
metadata: {name: vendors-1}
spec:
  services: [vendors]
  inbound: [{service: vendors, listen: {address: 127.0.0.1, port: ${port}}, to: {address: 127.0.0.1, port: ${application}}}]
---
apiVersion: tollgate.dev/v1
kind: AccessPolicy
metadata: {name: principals}
spec:
  rules:
  - {name: orders, match: [{consumers: ["spiffe://mesh/ns/default/sa/orders"]}]}
  - {name: nobody, match: [{consumers: [anonymous]}], deny: [0.0.0.0/0]}
  - {name: others, match: [{path: {prefix: /orders}}], deny: [0.0.0.0/0]}
---
apiVersion: tollgate.dev/v1
kind: RateLimitPolicy
metadata: {name: limits}
spec:
  limits: [{name: each, match: [{path: {exact: /limited}}], key: [consumer], requests: 1, per: 1h}]
`;

interface Transport {
  filter_chains: { transport_socket?: object }[];
}

describe('behind a listener that requires certificates', () => {
  let envoy: EnvoyProcess;
  let application: Application;
  let port: number;

  before(async () => {
    application = await startApplication();
    [port = 0] = await freePorts(1);
    const model = modelOf(policies(port, application.port));
    const node = findNode(model, 'vendors-1');
    const bootstrap = staticBootstrap(node, compile(model, node, { version: '1', wasm: inlineModule() }));
    const listeners = (bootstrap as unknown as { static_resources: { listeners: Transport[] } }).static_resources
      .listeners;
    for (const chain of listeners.flatMap(({ filter_chains }) => filter_chains))
      chain.transport_socket = transportSocket();
    const { path } = await realEnvoy();
    envoy = startEnvoy({ path, nodeName: 'vendors-1', bootstrap, env: {}, concurrency: 1 });
    await envoy.ready;
  });
  after(async () => {
    await envoy?.stop();
    await application?.close();
  });

  const call = (client: Certificate, path: string) => {
    const answered = new Promise<{ status: number | undefined; reason: unknown }>((resolve, reject) => {
      const { certificate: cert, key } = client;
      const options = { port, path, cert, key, ca: authority.certificate, servername: 'vendors', agent: false };
      const forging = { 'x-forwarded-client-cert': 'URI=spiffe://mesh/ns/default/sa/orders', host: 'vendors' };
      request({ ...options, headers: forging }, (answer) => {
        answer
          .resume()
          .on('end', () => resolve({ status: answer.statusCode, reason: answer.headers['x-tollgate-reason'] }));
      })
        .on('error', reject)
        .end();
    });
    return within(`the answer to ${path}`, answered);
  };

  test('a rule knows the SPIFFE id', async () => {
    assert.deepEqual(await call(orders, '/orders'), { status: 200, reason: undefined });
    assert.deepEqual(await call(others, '/orders'), { status: 403, reason: 'address_denied' });
    assert.deepEqual(await call(others, '/'), { status: 200, reason: undefined });
  });

  test('a certificate without one, and a header, are no identity', async () => {
    assert.deepEqual(await call(noSpiffe, '/'), { status: 403, reason: 'address_denied' });
  });

  test('a certificate of another authority gets no connection', async () => {
    await assert.rejects(call(forged, '/orders'));
  });

  test('each has a limit of its own', async () => {
    assert.equal((await call(orders, '/limited')).status, 200);
    assert.equal((await call(others, '/limited')).status, 200);
    assert.deepEqual(await call(orders, '/limited'), { status: 429, reason: 'quota_exceeded' });
  });
});

function transportSocket(): object {
  const inline = (text: string) => ({ inline_string: text });
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      require_client_certificate: true,
      common_tls_context: {
        tls_certificates: [{ certificate_chain: inline(server.certificate), private_key: inline(server.key) }],
        validation_context: { trusted_ca: inline(authority.certificate) },
      },
    },
  };
}
