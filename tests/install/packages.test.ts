import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { filterNames } from '@tollgate/filters';
import { npm } from '../../tools/npm.mjs';
import { Folder } from '../support/folder.js';
import { RunningProcess } from '../support/running-process.js';
import { filesIn, packAll, packages, root, tarball } from './packed.js';

const folder = new Folder();

describe('npm pack', () => {
  before(() => packAll(folder.path));

  for (const name of packages) {
    test(`${name} is whole, and brings along nothing that is only for us`, () => {
      const { name: scoped, exports, bin, files: listed } = manifest(name);
      assert.equal(scoped, `@tollgate/${name}`);
      const files = filesIn(tarball(folder.path, name));
      for (const path of [...pathsIn(exports), ...pathsIn(bin), ...listed])
        assert.ok(path.startsWith('!') || files.some((file) => fits(file, path)), `${path} is missing`);
      for (const always of ['package.json', 'LICENSE', 'README.md']) assert.ok(files.includes(always), always);
      const ours = files.filter((file) => /\.(test|spec)\.|tsbuildinfo|\.stamp$|(^|\/)(testing|vectors)\//.test(file));
      assert.deepEqual(ours, []);
    });
  }

  test('the filters are all there, each with its schema', () => {
    const files = filesIn(tarball(folder.path, 'filters'));
    for (const name of filterNames)
      for (const file of [`build/${name}.wasm`, `${name}/schema.json`]) assert.ok(files.includes(file), file);
  });

  test('the command comes with the bundle in force and with none of those before it', () => {
    const files = filesIn(tarball(folder.path, 'cli')).filter((file) => file.startsWith('bundle/'));
    const folders = new Set(files.map((file) => file.split('/').slice(1, -1).join('/')));
    const [, inForce] = /'\.\/(\w+)\/main\.js'/.exec(readFileSync(`${root}cli/bundle/main.js`, 'utf8')) ?? [];
    assert.deepEqual([...folders].sort(), ['', inForce]);
  });

  test('what was not built and cannot be built here is refused', async () => {
    const bare = new Folder();
    cpSync(`${root}tools/prepack.mjs`, bare.file('tools/prepack.mjs'));
    for (const file of ['package.json', 'tsconfig.json'])
      cpSync(`${root}host-sim/${file}`, bare.file(`host-sim/${file}`));
    const { status, stderr } = await new RunningProcess(npm.command, [...npm.args, 'pack'], {
      cwd: bare.file('host-sim'),
    }).ended;
    assert.notEqual(status, 0);
    assert.match(stderr, /^@tollgate\/host-sim cannot be packed: run `npm ci` first, what builds it is missing$/m);
  });
});

function manifest(name: string) {
  return JSON.parse(readFileSync(`${root}${name}/package.json`, 'utf8'));
}

function pathsIn(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(pathsIn);
}

/** A path of package.json may be a folder, or have one `*`. */
function fits(file: string, path: string): boolean {
  const [start = '', end] = path.replace(/^\.\//, '').split('*');
  return end === undefined
    ? file === start || file.startsWith(`${start}/`)
    : file.startsWith(start) && file.endsWith(end);
}
