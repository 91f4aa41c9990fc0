import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the compiler says of a filter that does this with a request: each warning with what it points to. */
async function warningsOf(body: string, ...options: string[]): Promise<string[]> {
  const text = `import { Action, HttpFilter } from 'proxy-wasm';
    class Managed { a: i32 = 1; }
    function made(n: i32): string { return n.toString(); }
    @filter
    class Test extends HttpFilter {
      onRequestHeaders(count: u32): Action {
        ${body}
        return Action.CONTINUE;
      }
    }`;
  const stderr = asc.createMemoryStream();
  const readFile = (name: string) => {
    const file = join(root, name);
    return name === 'filter.ts' ? text : existsSync(file) ? readFileSync(file, 'utf8') : null;
  };
  const command = ['filter.ts', '--config', 'asconfig.json', '--baseDir', root, '--noEmit', ...options];
  const { error } = await asc.main(command, { readFile, writeFile() {}, stderr });
  assert.equal(error, null, stderr.toString());
  const said = /WARNING AS102: User-defined: (.*?)(?:, which is never freed.*)?\n.*\n.*│ (.*)\n.*│ ( *~+)/g;
  // The compiler writes colours where it takes itself to be in CI.
  return [...stripVTControlCharacters(stderr.toString()).matchAll(said)].map(
    ([, message, line = '', under = '']) => `${message}: ${line.slice(under.indexOf('~'), under.length)}`,
  );
}

describe('a build without a collector is warned of what is never freed', () => {
  const cases: [string, string[]][] = [
    ['const list = [1, 2]; list.length;', ['This makes a Array<i32>: [1, 2]']],
    ['new Map<string, i32>();', ['This makes a Map<String,i32>: new Map<string, i32>()']],
    ['new Uint8Array(4);', ['This makes a Uint8Array: new Uint8Array(4)']],
    ['new Managed();', ['This makes a Managed: new Managed()']],
    ["const text: string = 'a'; (text + 'b').length;", ["This makes a String: text + 'b'"]],
    ["const text: string = 'ab'; text.slice(1).length;", ['This makes a String: text.slice(1)']],
    ['made(<i32>count).length;', ['This makes a String: n.toString()']],
    [
      "console.log('a');",
      ["Envoy has no console and refuses a module that needs one, write log(Level.INFO, …): console.log('a')"],
    ],
    ["const text: string = 'a'; text.length;", []],
  ];
  for (const [body, expected] of cases) test(body, async () => assert.deepEqual(await warningsOf(body), expected));

  test('of a template once for each part and once for the whole', async () => {
    const template = `\`x\${count}y\``;
    const said = await warningsOf(`${template}.length;`);
    assert.ok(said.includes(`This makes a String: ${template}`), said.join('\n'));
  });

  test('with a collector nothing is said of strings', async () => {
    assert.deepEqual(await warningsOf('made(<i32>count).length;', '--runtime', 'incremental'), []);
  });
});
