// Filters of the user's own, written with our SDK, in Rust and in Go, as WasmPlugins load them: in Envoy and in the gateway.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, type TestContext, test } from 'node:test';
import { compile, inlineModule, staticBootstrap } from '@tollgate/envoy';
import { Gateway } from '@tollgate/host-sim';
import { findNode } from '@tollgate/model';
import { kept } from '../../tools/build-foreign.mjs';
import { type Application, startApplication } from '../support/application.js';
import { document, file, loopback, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { startGoverned } from '../support/governed-envoy.js';
import { modelOf } from '../support/model.js';
import { freePorts } from '../support/ports.js';
import { serve } from '../support/serve.js';
import { stampFilter } from '../support/stamp-filter.js';
import { until } from '../support/wait.js';

const folder = new Folder();
const fileUrl = (name: string) => `file://${folder.file(name)}`;

before(async () => {
  folder.write('stamp.wasm', await stampFilter());
  folder.write('rust-parity.wasm', kept('rust-parity.wasm'));
  folder.write('go-parity.wasm', kept('go-parity.wasm.br'));
});

function plugin(name: string, spec: string): string {
  return `apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

const stamp = (name: string, more = '') =>
  plugin(name, `{ url: "${fileUrl('stamp.wasm')}", pluginConfig: { name: ${name} }${more && `, ${more}`} }`);

type World = 'Envoy' | 'simulator';

/** The proxy of a node, and what it says. */
async function start(context: TestContext, world: World, policies: string, name: string, env = {}): Promise<string[]> {
  if (world === 'Envoy') {
    const { envoy, log } = await startGoverned({ policies, node: name, env });
    context.after(() => envoy.stop());
    return log;
  }
  const model = modelOf(policies);
  const node = findNode(model, name);
  const bootstrap = staticBootstrap(node, compile(model, node, { version: '1', wasm: inlineModule() }));
  const log: string[] = [];
  const gateway = await Gateway.start(bootstrap, { env, onLog: ({ message }) => log.push(message) });
  context.after(() => gateway.close());
  return log;
}

interface Called {
  application: Application;
  log: string[];
  get(headers?: Record<string, string>): ReturnType<typeof fetchText>;
  /** A header as the application last saw it. */
  seen(name: string): string;
}

/** The service vendors behind its proxy. */
async function vendors(context: TestContext, world: World, documents: string[], env = {}): Promise<Called> {
  const application = await startApplication();
  context.after(() => application.close());
  const [port = 0] = await freePorts(1);
  const node = vendorsNode({ listen: port, to: application.port });
  const policies = file(document('Service', 'vendors', '{}'), node, ...documents);
  const log = await start(context, world, policies, 'vendors-1', env);
  return {
    application,
    log,
    get: (headers = {}) => fetchText(`http://127.0.0.1:${port}/`, { headers }),
    seen: (name) => headerOf(application, name),
  };
}

function headerOf({ seen }: Application, name: string): string {
  return (seen.at(-1)?.headers ?? []).flatMap(([key, value]) => (key === name ? value : [])).join(', ');
}

for (const world of ['Envoy', 'simulator'] as const)
  describe(world, () => {
    test('plugins stand around governance by phase, priority and name', async (context) => {
      const refused = (stamped: string) =>
        `{ name: ${stamped}, match: [{ headers: { x-stamps: { exact: ${stamped} }, x-refuse: { present: true } } }], deny: [0.0.0.0/0, "::/0"] }`;
      const { get, seen } = await vendors(context, world, [
        stamp('last'),
        stamp('stats', 'phase: STATS'),
        stamp('b', 'phase: AUTHZ'),
        stamp('a', 'phase: AUTHZ'),
        stamp('high', 'phase: AUTHZ, priority: 7'),
        stamp('first', 'phase: AUTHN'),
        document('AccessPolicy', 'stamped', `{ rules: [${['high', 'first'].map(refused).join(', ')}] }`),
      ]);
      assert.equal((await get()).status, 200);
      assert.equal(seen('x-stamps'), 'first, high, a, b, stats, last');
      // Governance sees what AUTHN did, and nothing of the others.
      const { status, text } = await get({ 'x-refuse': 'yes' });
      assert.deepEqual([status, JSON.parse(text).rule], [403, 'stamped/first']);
    });

    test('filters of three SDKs in one chain, each with its configuration', async (context) => {
      const foreign = (name: string) =>
        plugin(name, `{ url: "${fileUrl(`${name}-parity.wasm`)}", pluginConfig: { of: [${name}, 1, null] } }`);
      const { get, seen, log } = await vendors(context, world, [stamp('sdk'), foreign('rust'), foreign('go')]);
      const { status, headers } = await get({
        'x-script': 'request add request x-was here; response add response x-answered yes',
      });
      assert.deepEqual([status, headers['x-answered']], [200, 'yes, yes']);
      assert.deepEqual([seen('x-stamps'), seen('x-was')], ['sdk', 'here, here']);
      for (const config of ['{"of":["rust",1,null]}', '{"of":["go",1,null]}'])
        assert.ok(
          log.some((line) => line.includes(`configure ${config.length} `) && line.includes(JSON.stringify(config))),
          `${config} in\n${log.join('\n')}`,
        );
    });

    test('variables in line and of the host; one that is not set is absent', async (context) => {
      const variable = (name: string, declared: string) =>
        plugin(
          name,
          `{ url: "${fileUrl('stamp.wasm')}", pluginConfig: { name: ${name}, variable: V_${name} }, vmConfig: { env: [{ name: V_${name}, ${declared} }] } }`,
        );
      const documents = [
        variable('a', 'value: "in line"'),
        variable('b', 'valueFrom: HOST'),
        variable('c', 'valueFrom: HOST'),
        variable('d', 'valueFrom: INLINE'),
      ];
      const { get, seen } = await vendors(context, world, documents, { V_b: 'of the host', V_other: 'not asked for' });
      assert.equal((await get()).status, 200);
      assert.deepEqual([seen('x-stamps'), seen('x-found')], ['a, b, c, d', 'in line, of the host']);
    });

    test('calls of one side, and to some ports', async (context) => {
      const application = await startApplication();
      context.after(() => application.close());
      const [inbound = 0, outbound = 0] = await freePorts(2);
      const matching = (name: string, mode: string, ...ports: number[]) =>
        stamp(
          name,
          `match: [{ mode: ${mode}, ports: [${ports.map((number) => `{ number: ${number} }`).join(', ')}] }]`,
        );
      const policies = file(
        document(
          'Service',
          'vendors',
          `{ ports: [{ name: http, port: 80 }, { name: admin, port: 8080 }], instances: [${loopback(inbound)}] }`,
        ),
        vendorsNode({ listen: inbound, to: application.port }, `, outbound: { listen: ${loopback(outbound)} }`),
        matching('client', 'CLIENT'),
        matching('client-80', 'CLIENT', 80),
        matching('client-8080', 'CLIENT_AND_SERVER', 8080, 81),
        matching('server', 'SERVER'),
        matching('server-application', 'SERVER', application.port),
        matching('server-listener', 'SERVER', inbound),
      );
      await start(context, world, policies, 'vendors-1');
      for (const [host, ofClient] of [
        ['vendors', 'client-80'],
        ['vendors:80', 'client-80'],
        ['vendors:8080', 'client-8080'],
      ] as const) {
        const { status } = await fetchText(`http://127.0.0.1:${outbound}/`, { headers: { host } });
        assert.deepEqual(
          [status, headerOf(application, 'x-stamps')],
          [200, `client, ${ofClient}, server, server-application`],
        );
      }
    });

    describe('a plugin that traps', () => {
      const limit = document(
        'RateLimitPolicy',
        'few',
        '{ limits: [{ name: few, key: [service], requests: 3, per: 1h, algorithm: sliding-window }] }',
      );
      const trap = { 'x-trap': 'p' };
      const failing = (context: TestContext, strategy: string, ...documents: string[]) =>
        vendors(context, world, [stamp('p', `failStrategy: ${strategy}`), ...documents]);

      test('FAIL_CLOSE: no call passes any more', async (context) => {
        const { get, application } = await failing(context, 'FAIL_CLOSE');
        assert.equal((await get()).status, 200);
        for (const headers of [trap, {}, {}]) assert.equal((await get(headers)).status, 503);
        assert.equal(application.seen.length, 1);
      });

      test('FAIL_OPEN: the calls behind it pass without it, and governance counts on', async (context) => {
        const { get, seen } = await failing(context, 'FAIL_OPEN', limit);
        const statuses = [];
        for (const headers of [{}, trap, {}]) statuses.push((await get(headers)).status);
        assert.deepEqual([statuses, seen('x-stamps')], [[200, 503, 200], '']);
        assert.equal((await get()).status, 429);
      });

      test('FAIL_RELOAD: a new VM takes its place', async (context) => {
        const { get, seen, application } = await failing(context, 'FAIL_RELOAD');
        assert.equal((await get(trap)).status, 503);
        await until('the plugin’s new VM', async () => (await get()).status === 200);
        assert.deepEqual([seen('x-stamps'), application.seen.length], ['p', 1]);
      });
    });
  });

describe('a module that Envoy fetches', () => {
  const fetched = async (context: TestContext, sha256: string, more: string, bytes: Uint8Array | undefined) => {
    let asked = 0;
    const port = await serve(context, (_, response) => {
      asked++;
      if (bytes) response.end(bytes);
      else response.writeHead(500).end();
    });
    const document = plugin(
      'p',
      `{ url: "http://127.0.0.1:${port}/p.wasm", sha256: "${sha256}", pluginConfig: { name: p }, ${more} }`,
    );
    return { document, asked: () => asked };
  };
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

  test('runs on every listener that has it', async (context) => {
    const bytes = await stampFilter();
    const { document: served } = await fetched(context, sha256(bytes), 'phase: AUTHN', bytes);
    const application = await startApplication();
    context.after(() => application.close());
    const [inbound = 0, outbound = 0] = await freePorts(2);
    const policies = file(
      document('Service', 'vendors', `{ instances: [${loopback(inbound)}] }`),
      vendorsNode({ listen: inbound, to: application.port }, `, outbound: { listen: ${loopback(outbound)} }`),
      served,
    );
    await start(context, 'Envoy', policies, 'vendors-1');
    const { status } = await fetchText(`http://127.0.0.1:${outbound}/`, { headers: { host: 'vendors' } });
    assert.deepEqual([status, headerOf(application, 'x-stamps')], [200, 'p, p']);
  });

  for (const [strategy, expected] of [
    ['FAIL_CLOSE', 503],
    ['FAIL_RELOAD', 503],
    ['FAIL_OPEN', 200],
  ] as const) {
    test(`with another digest has failed: ${strategy}`, async (context) => {
      const { document: served } = await fetched(
        context,
        'ab'.repeat(32),
        `failStrategy: ${strategy}`,
        await stampFilter(),
      );
      const { get, seen, application } = await vendors(context, 'Envoy', [served]);
      assert.equal((await get()).status, expected);
      assert.deepEqual([seen('x-stamps'), application.seen.length], ['', expected === 200 ? 1 : 0]);
    });
  }

  test('is asked for again, and without it no call passes', async (context) => {
    const { document: served, asked } = await fetched(context, 'ab'.repeat(32), '', undefined);
    const { get } = await vendors(context, 'Envoy', [served]);
    assert.equal((await get()).status, 503);
    assert.equal(asked(), 6);
  });

  test('is refused by the gateway, by name', async (context) => {
    const { document: served } = await fetched(context, 'ab'.repeat(32), '', undefined);
    await assert.rejects(vendors(context, 'simulator', [served]), (error: { details?: string[] }) => {
      assert.match(error.details?.join() ?? '', /code: only local code is supported by the gateway/);
      return true;
    });
  });
});
