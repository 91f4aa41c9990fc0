import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TollgateError } from '@tollgate/model';
import { findPackages } from '../filter-template/packages.js';
import { filterTemplate } from '../filter-template/template.js';
import type { Output } from '../output.js';
import { release } from '../release.js';

/** A folder, a package, a plugin and a class are named by it. */
const nameForm = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const nameCharsMax = 63;

/** Writes a folder with a filter that builds and whose tests pass. */
export async function newFilter(name: string, output: Output): Promise<void> {
  if (!nameForm.test(name) || name.length > nameCharsMax)
    throw new TollgateError('usage', `"${name}" is not a valid filter name, write lower-case words such as api-key`);
  if (existsSync(name) && readdirSync(name).length > 0)
    throw new TollgateError('input_invalid', `the folder ${name} already exists and is not empty`);
  const { assemblyscript } = release;
  const files = filterTemplate({ name, packages: findPackages(), assemblyscript });
  for (const [path, text] of Object.entries(files)) {
    const file = join(name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const next = [`cd ${name}`, 'npm install', 'npm test'];
  const lines = [
    ...Object.keys(files).map((path) => join(name, path)),
    '',
    'next:',
    ...next.map((line) => `  ${line}`),
  ];
  output.result(lines.join('\n'), { folder: name, files: Object.keys(files), next });
}
