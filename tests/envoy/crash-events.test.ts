import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDataPlane } from '@tollgate/agent';
import { compile } from '@tollgate/envoy';
import type { Crash } from '@tollgate/host-sim';
import { findNode } from '@tollgate/model';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { modelOf } from '../support/model.js';
import { freePorts } from '../support/ports.js';
import { tinyModule } from '../support/tiny-filter.js';
import { until } from '../support/wait.js';

const trapping = `
  function inner(): void { unreachable(); }
  export function proxy_on_request_headers(stream: u32, headers: u32, end: u32): u32 { inner(); return 0; }`;

for (const plane of ['simulator', 'envoy'] as const)
  for (const [how, debug, functions] of [
    ['a small build', false, []],
    ['a build with names', true, ['input/inner', 'input/proxy_on_request_headers']],
  ] as const)
    test(`a crash of a filter in ${plane} is an event, ${how}`, async (context) => {
      const [listen = 0, to = 0] = await freePorts(2);
      const rules = '{ rules: [{ name: any, deny: [192.0.2.1] }] }';
      const services = file(document('Service', 'vendors', '{}'), vendorsNode({ listen, to }, ', workers: 1'));
      const model = modelOf(file(services, document('AccessPolicy', 'any', rules)));
      const node = findNode(model, 'vendors-1');
      const crashes: Crash[] = [];
      const nothing = () => {};
      const { start } = await chooseDataPlane({ ...process.env, TOLLGATE_DATA_PLANE: plane }, nothing);
      const proxy = await start({
        node,
        resources: compile(model, node, { version: '1', wasm: await tinyModule(trapping, { debug }) }),
        env: {},
        watch: false,
        log: nothing,
        failed: nothing,
        servesAgain: nothing,
        crashed: (crash) => crashes.push(crash),
        signal: new AbortController().signal,
      });
      context.after(() => proxy.stop());
      assert.equal((await fetchText(`http://127.0.0.1:${listen}/`)).status, 503);
      await until('the crash', async () => crashes.length > 0);
      const [{ callback, reason, functions: found } = {} as Crash] = crashes;
      assert.equal(callback, 'proxy_on_request_headers');
      assert.equal(reason, 'Uncaught RuntimeError: unreachable');
      assert.deepEqual(found, functions);
    });
