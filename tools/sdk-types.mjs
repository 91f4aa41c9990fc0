// sdk/types: the SDK as an editor's TypeScript reads it. AssemblyScript looks like TypeScript, but the transform takes a string
// for a `Slice`, which TypeScript refuses; so the declarations of the sources are made with one difference:
//
//   types/index.d.ts    what filters import, from the sources' own declarations
//   types/texts.d.ts    every string has what a `Slice` has, so that it is one; the decorator `@filter`
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const sdk = fileURLToPath(new URL('../sdk/', import.meta.url));
const target = join(sdk, 'types');
const slice = 'assembly/bytes/slice.d.ts';

const digest = sourcesDigest();
const stamp = join(target, '.stamp');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) write({ ...declarations(), '.stamp': digest });

function sourcesDigest() {
  const hash = createHash('sha256')
    .update(ts.version)
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of ['index.ts', ...readdirSync(join(sdk, 'assembly'), { recursive: true })].sort()) {
    const file = join(sdk, name === 'index.ts' ? '' : 'assembly', name);
    if (/(?<!\.spec)\.ts$/.test(name)) hash.update(`${name}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** By path. What TypeScript finds wrong in the sources is of no account: the compiler of AssemblyScript checks them. */
function declarations() {
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    {
      extends: 'assemblyscript/std/assembly.json',
      compilerOptions: {
        ...{ module: 'esnext', moduleResolution: 'bundler', rootDir: '.', outDir: 'types' },
        ...{ declaration: true, emitDeclarationOnly: true, noEmitOnError: false },
      },
      files: ['index.ts'],
    },
    ts.sys,
    sdk,
  );
  const files = {};
  ts.createProgram(fileNames, options).emit(undefined, (path, text) => {
    files[relative(target, path)] = text;
  });
  // A string has a method of this name.
  files[slice] = files[slice].replace('at: usize;', 'at: any;');
  files['texts.d.ts'] = texts(files[slice]);
  files['index.d.ts'] = `/// <reference path="./texts.d.ts" />\n${files['index.d.ts']}`;
  return files;
}

function texts(declaration) {
  const [, members] = /class Slice \{\n(.*?)\n\}/s.exec(declaration);
  const types = { Slice: slice, Arena: 'assembly/memory/arena.d.ts' };
  const own = members
    .replace(/^ +(at|length): .*\n/gm, '')
    .replace(/: (Slice|Arena)\b/g, (_, name) => `: import('./${types[name].replace('.d.ts', '')}').${name}`);
  return `/** Where bytes are expected a string literal is bytes: the transform lays them down in static memory. */
interface String {
${own}
}

/** The class of a module whose methods are the callbacks of the host. */
declare function filter(constructor: Function): void;
`;
}

/** Whole, or as it was. */
function write(files) {
  const part = `${target}.${process.pid}`;
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(part, name)), { recursive: true });
    writeFileSync(join(part, name), text);
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(part, target);
}
