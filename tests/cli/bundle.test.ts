import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { bundleCli } from '../../tools/bundle-cli.mjs';
import { root } from '../support/cli.js';
import { Folder } from '../support/folder.js';
import { RunningProcess } from '../support/running-process.js';

/** Everything below a folder with when it was last written. */
function written(folder: string): Record<string, number> {
  const names = readdirSync(folder, { recursive: true }) as string[];
  return Object.fromEntries(names.sort().map((name) => [name, statSync(join(folder, name)).mtimeMs]));
}

const versionsOf = (folder: Folder) =>
  readdirSync(folder.path).filter((name) => !['main.js', '.npmignore'].includes(name));
const inForce = (folder: Folder) => /'\.\/(\w+)\/main\.js'/.exec(readFileSync(folder.file('main.js'), 'utf8'))?.[1];

describe('the bundle of the command', () => {
  test('is left alone where nothing changed', async () => {
    const folder = new Folder();
    assert.equal(await bundleCli(folder.path), true);
    const before = written(folder.path);
    assert.equal(await bundleCli(folder.path), false);
    assert.deepEqual(written(folder.path), before);
  });

  test('the version before stays for the commands that run on it, and is removed a day later', async () => {
    const folder = new Folder({ 'old/main.js': 'export const run = 1;', 'old/part.js': '', 'main.js': '' });
    folder.write('main.js', "export { run } from './old/main.js';\n");
    await bundleCli(folder.path);
    const version = inForce(folder) ?? '';
    assert.ok(existsSync(folder.file('old/part.js')), 'a command that started before still finds its parts');
    assert.deepEqual(versionsOf(folder).sort(), ['old', version].sort());
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    utimesSync(folder.file('old'), twoDaysAgo, twoDaysAgo);
    folder.write('main.js', "export { run } from './gone/main.js';\n");
    await bundleCli(folder.path);
    assert.deepEqual(versionsOf(folder), [version]);
  });

  test('two builds at the same time leave one whole version', async () => {
    const folder = new Folder();
    const code = `import { bundleCli } from '${root}tools/bundle-cli.mjs'; await bundleCli('${folder.path}');`;
    const builds = [1, 2].map(() => new RunningProcess(process.execPath, ['--input-type=module', '-e', code]).ended);
    for (const { status, stderr } of await Promise.all(builds)) assert.deepEqual([status, stderr], [0, '']);
    assert.deepEqual(versionsOf(folder), [inForce(folder)]);
  });

  test('a build of what is built writes nothing, so a read-only checkout is enough', async () => {
    const folders = ['cli/bundle', 'cli/dist', 'envoy/dist', 'filters/build'].map((name) => join(root, name));
    const before = folders.map(written);
    const { status, stderr } = await new RunningProcess(process.execPath, ['tools/build.mjs'], { cwd: root }).ended;
    assert.deepEqual([status, stderr], [0, '']);
    assert.deepEqual(folders.map(written), before);
  });
});
