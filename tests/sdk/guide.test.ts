// What docs/sdk/guide.md tells its reader to write is built and run.
import { strict } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileFilter } from '../../tools/build-filters.mjs';

test('the filter of the guide passes the test of the guide', async (context) => {
  const guide = readFileSync(new URL('../../docs/sdk/guide.md', import.meta.url), 'utf8');
  const [filter = '', check = ''] = [...guide.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code);
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-guide-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const module = join(folder, 'key.wasm');
  writeFileSync(module, await compileFilter('examples/filters/key/index.ts', ['--outFile', 'key.wasm', '-O1'], filter));
  const { Host } = await import('@tollgate/host-sim');
  const code = check
    .replace(/^import .*\n/gm, '')
    .replaceAll("'examples/filters/build/key.wasm'", JSON.stringify(module));
  strict.match(code, /Host\.load/);
  const Body = Object.getPrototypeOf(async () => {}).constructor;
  await new Body('assert', 'Host', code)(strict, Host);
});
