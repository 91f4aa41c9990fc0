// A plugin's file and its configuration while `tollgate run --watch` runs: a change is a change of rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kept } from '../../tools/build-foreign.mjs';
import { startApplication } from '../support/application.js';
import { startTollgate } from '../support/cli.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { freePorts } from '../support/ports.js';
import { stampFilter } from '../support/stamp-filter.js';
import { until } from '../support/wait.js';

const plugin = (name: string) =>
  `apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: { name: p }\nspec: { url: "file://p.wasm", pluginConfig: { name: ${name} } }\n`;

for (const plane of ['envoy', 'simulator'])
  test(`changes while ${plane} runs`, async (context) => {
    const application = await startApplication();
    const [listen = 0] = await freePorts(1);
    const node = vendorsNode({ listen, to: application.port }, ', workers: 1');
    const folder = new Folder({ 'services.yaml': file(document('Service', 'vendors', '{}'), node) });
    folder.write('p.wasm', await stampFilter());
    folder.write('plugin.yaml', plugin('one'));
    const env = plane === 'simulator' ? { TOLLGATE_DATA_PLANE: 'simulator' } : {};
    const run = startTollgate(['run', '-f', folder.path, '--watch'], { env });
    context.after(async () => {
      await run.stop();
      await application.close();
    });
    await run.line(/^ready/);
    const change = (name: string, bytes: string | Uint8Array, said: RegExp) => {
      const after = run.linesSaid;
      folder.write(name, bytes);
      return run.line(said, { after });
    };
    const stamped = async () => {
      const { status } = await fetchText(`http://127.0.0.1:${listen}/`, {
        headers: { 'x-script': 'request add request x-stamps rust' },
      });
      const { headers = [] } = application.seen.at(-1) ?? {};
      return status === 200 ? headers.find(([name]) => name === 'x-stamps')?.[1] : status;
    };
    // Envoy takes new rules a moment before its workers do.
    const becomes = (expected: string) =>
      until(`${expected} to be stamped`, async () => (await stamped()) === expected);
    assert.equal(await stamped(), 'one');
    await change('plugin.yaml', plugin('two'), /^applied version/);
    await becomes('two');
    // What is no filter is not applied.
    await change(
      'p.wasm',
      'a text',
      /^warning: not applied: .*plugin.yaml:4:\d+ spec.url: p.wasm is not a WebAssembly module/,
    );
    assert.equal(await stamped(), 'two');
    await change('p.wasm', kept('rust-parity.wasm'), /^applied version/);
    await becomes('rust');
  });
