import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ControlServer, startControl } from '@tollgate/control';
import { parse } from 'yaml';
import { root } from '../support/cli.js';
import { document } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';

const routes = ['/healthz', '/readyz', '/v1/nodes', '/v1/nodes/{node}/bootstrap', '/v1/policies', '/v1/validate'];

describe('the control centre', () => {
  let server: ControlServer;
  before(async () => {
    server = await startControl({ paths: [`${root}examples/quickstart`], port: 0, watch: false, log: false });
  });
  after(() => server?.close());
  const get = (path: string, accept?: string) =>
    fetchText(`${server.url}${path}`, { headers: accept ? { accept } : {} });
  const json = async (path: string) => JSON.parse((await get(path)).text);

  test('port 0 is a free port, and the url names it; loopback unless told otherwise', () => {
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  });

  test('/v1/nodes: names, listeners, and the variables that their Envoys need', async () => {
    const { nodes, version } = await json('/v1/nodes');
    assert.match(version, /^[0-9a-f]{12}$/);
    assert.deepEqual(
      nodes.map(({ name }: { name: string }) => name),
      ['orders-1', 'vendors-1'],
    );
    const [orders, vendors] = nodes;
    assert.deepEqual(orders.listeners, [{ name: 'outbound/orders', address: '127.0.0.1', port: 15001 }]);
    assert.deepEqual(vendors.services, ['vendors']);
    assert.deepEqual(vendors.environment[0], { name: 'ORDERS_SECRET' });
    assert.equal(vendors.environment[1].file, 'secrets/orders.previous');
  });

  test('a bootstrap as YAML, or as JSON where Accept asks for it; the same one', async () => {
    const yaml = await get('/v1/nodes/vendors-1/bootstrap');
    assert.deepEqual([yaml.status, yaml.headers['content-type']], [200, 'application/yaml']);
    const asJson = await get('/v1/nodes/vendors-1/bootstrap', 'application/json');
    assert.match(String(asJson.headers['content-type']), /^application\/json/);
    assert.deepEqual(JSON.parse(asJson.text), parse(yaml.text));
    assert.equal(parse(yaml.text).node.id, 'vendors-1');
    const { version } = await json('/v1/nodes');
    assert.equal(yaml.headers.etag, `"${version}"`);
    const either = await get('/v1/nodes/vendors-1/bootstrap', 'application/yaml, application/json;q=0.5');
    assert.equal(either.headers['content-type'], 'application/yaml');
  });

  test('a node that is not there: 404 with the near word', async () => {
    const { status, text } = await get('/v1/nodes/vendor-1/bootstrap');
    assert.equal(status, 404);
    assert.deepEqual(JSON.parse(text), {
      error: 'not_found',
      message: 'there is no node "vendor-1", did you mean "vendors-1"?',
      details: [],
    });
    assert.equal((await get('/v1/nothing')).status, 404);
  });

  test('/v1/policies: what is in force, secrets as references only', async () => {
    const { text } = await get('/v1/policies');
    const { policies } = JSON.parse(text);
    const names = policies.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`);
    assert.deepEqual(names.sort(), [
      'AccessPolicy vendors-access',
      'RateLimitPolicy orders-manners',
      'RateLimitPolicy vendors-limits',
      'TokenPolicy vendors-token',
    ]);
    assert.equal(text.includes('last-months-secret'), false, 'the file’s content');
    assert.ok(text.includes('secrets/orders.previous') && text.includes('ORDERS_SECRET'));
  });

  const good = document('Service', 'vendors', '{}');
  const validate = async (body: string, type: string) => {
    const { status, text } = await fetchText(`${server.url}/v1/validate`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    return { status, ...JSON.parse(text) };
  };
  const asFiles = (...texts: string[]) =>
    JSON.stringify({ files: texts.map((text, index) => ({ file: `p${index}.yaml`, text })) });

  test('/v1/validate: one file as YAML, or several as JSON', async () => {
    const valid = { status: 200, valid: true, mistakes: [] };
    for (const type of ['application/yaml', 'text/yaml', 'text/plain'])
      assert.deepEqual(await validate(good, type), valid, type);
    const policy = document('AccessPolicy', 'list', '{ rules: [{ name: a, deny: [10.0.0.1] }] }');
    assert.deepEqual(await validate(asFiles(good, policy), 'application/json'), valid);
    const { mistakes } = await validate(policy, 'application/yaml');
    assert.match(mistakes[0].message, /governs nothing/);
  });

  test('/v1/validate: mistakes with their places, and red examples', async () => {
    const wrong = document('AccessPolicy', 'list', '{ rulez: [] }');
    const { valid, mistakes } = await validate(asFiles(good, wrong), 'application/json');
    assert.equal(valid, false);
    assert.deepEqual(
      { ...mistakes[0], column: 0, message: '' },
      { file: 'p1.yaml', line: 4, column: 0, path: mistakes[0].path, message: '' },
    );
    const red = document(
      'AccessPolicy',
      'list',
      '{ rules: [{ name: a, deny: [10.0.0.1] }], examples: [{ request: { address: 10.0.0.1 }, expect: { verdict: allowed } }] }',
    );
    const judged = await validate(`${good}---\n${red}`, 'application/yaml');
    assert.equal(judged.mistakes.length, 1);
    assert.match(
      judged.mistakes[0].message,
      /^the example fails: expected allowed, got denied address_denied list\/a$/,
    );
  });

  test('/v1/validate: the example of a breaker whose fallback is plain text', async () => {
    const breaker = document(
      'CircuitBreakerPolicy',
      'breaker',
      '{ breakers: [{ name: b, trip: { consecutiveFailures: 2 }, failures: { statuses: [2xx] }, fallback: { body: later } }], ' +
        'examples: [{ request: { times: 2 }, expect: { verdict: allowed } }, ' +
        '{ request: { times: 3 }, expect: { verdict: denied, reason: breaker_open } }] }',
    );
    assert.deepEqual((await validate(`${good}---\n${breaker}`, 'application/yaml')).mistakes, []);
  });

  test('/v1/validate: a body of another form is 400 or 415, and says so', async () => {
    for (const body of ['{"files": []}', '{"file": 1}', '{', '[]']) {
      const { status, error, message } = await validate(body, 'application/json');
      assert.deepEqual([status, error], [400, 'input_invalid'], body);
      assert.ok(message);
    }
    assert.equal((await validate('x', 'application/xml')).status, 415);
  });

  test('/healthz and /readyz', async () => {
    assert.deepEqual(await json('/healthz'), { status: 'ok' });
    const { status, files } = await json('/readyz');
    assert.deepEqual([status, files], ['ready', []]);
  });

  test('/openapi.json is OpenAPI 3.1 and describes every route', async () => {
    const api = await json('/openapi.json');
    assert.match(api.openapi, /^3\.1\.\d$/);
    assert.ok(api.info.title && api.info.version);
    assert.deepEqual(Object.keys(api.paths).sort(), routes);
    for (const [path, item] of Object.entries<Record<string, Operation>>(api.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        const where = `${method} ${path}`;
        assert.ok(['get', 'post'].includes(method), where);
        assert.ok(operation.summary, where);
        assert.ok(Object.keys(operation.responses).length > 0, where);
        for (const [status, response] of Object.entries(operation.responses)) {
          assert.match(status, /^([1-5]\d\d|default)$/, where);
          assert.equal(typeof response.description, 'string', where);
        }
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
        assert.deepEqual(
          described.map(({ name }) => name),
          inPath,
          where,
        );
        assert.ok(
          described.every(({ required, schema }) => required && schema),
          where,
        );
        assert.equal('requestBody' in operation, method === 'post', where);
      }
    }
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name ?? '',
    );
    for (const name of references) assert.ok(api.components.schemas[name], name);
  });
});

interface Operation {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  responses: Record<string, { description: string }>;
}
