// What `proxy-wasm` exports and a filter does not use leaves nothing in its module.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileFilter } from '../../tools/build-filters.mjs';

const DOOR = 'node_modules/proxy-wasm/index.ts';
const door = readFileSync(new URL('../../sdk/index.ts', import.meta.url), 'utf8');
const source = (entry: string) => readFileSync(new URL(`../../${entry}`, import.meta.url), 'utf8');

const filters: Record<string, string> = {
  'minimal.ts': `import { Action, HttpFilter } from 'proxy-wasm';
@filter class Minimal extends HttpFilter { static onRequestHeaders(): Action { return Action.CONTINUE; } }`,
  'examples/filters/callout/index.ts': source('examples/filters/callout/index.ts'),
  'examples/filters/tcp/index.ts': source('examples/filters/tcp/index.ts'),
};

/** The door with only the exports that the filter imports. */
function narrowed(filter: string): string {
  const used = new Set(/import \{([^}]*)\} from 'proxy-wasm'/.exec(filter)?.[1]?.match(/\w+/g));
  return door.replace(/^export \{([^}]*)\} from (.*);$/gm, (_, names: string, file: string) => {
    const kept = (names.match(/\w+/g) ?? []).filter((name) => used.has(name));
    return kept.length > 0 ? `export { ${kept.join(', ')} } from ${file};` : '';
  });
}

for (const [entry, text] of Object.entries(filters))
  test(`${entry} is as large as with a door that exports nothing else`, async () => {
    const compile = (texts: Record<string, string>) => compileFilter(entry, ['--outFile', 'door.wasm'], texts);
    const whole = await compile({ [entry]: text });
    const narrow = await compile({ [entry]: text, [DOOR]: narrowed(text) });
    assert.equal(whole.length, narrow.length);
  });
