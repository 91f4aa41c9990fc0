import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { Folder } from '../support/folder.js';
import { freePorts } from '../support/ports.js';
import type { RunningProcess } from '../support/running-process.js';
import { EmptyPlace, pressCtrlC } from './empty-place.js';
import { packAll, root } from './packed.js';
import { stepsOf } from './page.js';

const packed = new Folder();
const env = { npm_config_prefer_offline: 'true', TOLLGATE_DATA_PLANE: 'simulator' };

describe('in an empty folder elsewhere', () => {
  before(() => packAll(packed.path));

  const place = new EmptyPlace(env);
  const assembly = (name: string) => place.file(`shop/api-key/assembly/${name}`);

  test('docs/install.md is true, step by step', async () => {
    const steps = stepsOf(readFileSync(`${root}docs/install.md`, 'utf8'));
    const [listen, to] = await freePorts(2);
    const here = new Map([
      ['~/Downloads', packed.path],
      ['8080', `${listen}`],
      ['7080', `${to}`],
    ]);
    const running = await place.follow(steps, here);
    assert.equal(running.length, 1, 'one command stays');
    await Promise.all(running.map(pressCtrlC));
  });

  // In the folder of the test before.
  test('each package can be imported, and TypeScript knows its types', async () => {
    copyFileSync(`${root}tests/install/imports/every-package.mts`, place.file('shop/every-package.mts'));
    await place.commands([
      { line: `cd ${place.file('shop')} && npm install --save-dev typescript@~5.9.3 @types/node@20` },
      { line: 'npx tsc --strict --skipLibCheck --module nodenext --target es2023 --lib es2023 every-package.mts' },
      { line: 'node every-package.mjs', says: 'all 10 packages are there' },
    ]);
  });

  test('an editor marks nothing in AssemblyScript but mistakes', async () => {
    for (const name of filters) copyFileSync(`${root}examples/filters/${name}/index.ts`, assembly(`${name}.ts`));
    const [, guide = ''] = /^```ts\n(.*?)^```$/ms.exec(readFileSync(`${root}docs/sdk/guide.md`, 'utf8')) ?? [];
    assert.match(guide, /@filter/);
    place.write('shop/api-key/assembly/guide.ts', guide);
    await place.commands([{ line: `cd ${place.file('shop/api-key')} && ../node_modules/.bin/tsc -p tsconfig.json` }]);
    const wrong =
      "import { requestHeaders } from 'proxy-wasm';\nrequestHeaders.frist('x');\nrequestHeaders.first(1);\n";
    place.write('shop/api-key/assembly/wrong.ts', wrong);
    await place.commands([
      { line: '! ../node_modules/.bin/tsc -p tsconfig.json', says: "wrong.ts(2,16): error TS2551: Property 'frist'" },
      { line: '! ../node_modules/.bin/tsc -p tsconfig.json', says: 'wrong.ts(3,22): error TS2345' },
    ]);
  });
});

/** But for one that needs a constant which its build defines. */
const filters = readdirSync(`${root}examples/filters`).filter(
  (name) => name !== 'host-calls' && existsSync(`${root}examples/filters/${name}/index.ts`),
);

describe('the command in one file', () => {
  const place = new EmptyPlace({ TOLLGATE_DATA_PLANE: 'simulator' });

  test('runs where nothing else is', async () => {
    copyFileSync(`${root}build/tollgate.mjs`, place.file('tollgate.mjs'));
    copyFileSync(`${root}tests/scenarios/token-required.yaml`, place.file('scenarios.yaml'));
    const [listen, to] = await freePorts(2);
    const hello = readFileSync(`${root}examples/hello.yaml`, 'utf8');
    place.write('hello.yaml', hello.replace('8080', `${listen}`).replace('7080', `${to}`));
    const url = `http://127.0.0.1:${listen}/`;
    const [running] = await place.follow(
      [{ kind: 'commands', commands: [{ line: 'ORDERS_SECRET=s node tollgate.mjs run -f hello.yaml --echo' }] }],
      new Map(),
    );
    await place.commands([
      { line: `curl -s ${url}`, says: 'token_missing' },
      {
        line: `curl -si ${url} -H "$(ORDERS_SECRET=s node tollgate.mjs token -f hello.yaml --system orders)"`,
        says: '200 OK',
      },
      { line: 'node tollgate.mjs validate -f hello.yaml', says: 'valid: 1 service' },
      { line: 'node tollgate.mjs bootstrap -f hello.yaml --node hello-1 -o envoy.yaml', says: 'wrote envoy.yaml' },
      { line: 'node tollgate.mjs test scenarios.yaml', says: '1 passed, 0 failed' },
      { line: 'node tollgate.mjs new filter api-key', says: 'api-key/assembly/index.ts' },
    ]);
    copyFileSync(`${root}filters/build/access.wasm`, place.file('access.wasm'));
    await place.commands([
      {
        line: `node tollgate.mjs trace access.wasm --config '{"side":"provider","service":"a","targets":[{"service":"default/a","access":[{"name":"open","rules":[{"name":"all"}]}]}]}' --request 'GET /'`,
        says: 'proxy_on_request_headers',
      },
      { line: '! node tollgate.mjs control -f hello.yaml', says: 'this file has no control centre' },
    ]);
    await pressCtrlC(running as RunningProcess);
  });
});
