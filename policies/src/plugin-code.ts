import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { codeOf, Model, mistake, type NamedCode, type Resource, TollgateError } from '@tollgate/model';
import type { FileMistake } from './file-mistake.js';
import { nearFile } from './near-file.js';
import type { Policies } from './policies.js';
import type { Source } from './source.js';

/** In every Node; its types come with those of browsers only, which nothing here may use. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  Module: { new (bytes: Uint8Array): object; exports(module: object): { name: string }[] };
};

/** A larger one is no filter, and a fetched one Envoy would not take either. */
const moduleBytesMax = 32 * 1024 * 1024;

type ReadModule = { bytes: Buffer } | { absent: string } | { wrong: string };

/** The module of a plugin, or why it cannot be used: not here, or wrong. */
function readModule({ file, sha256 }: NamedCode, source: Source): ReadModule {
  const path = source.beside(file);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    const { code = '', message } = thrown as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return { wrong: `${file} cannot be read: ${message}` };
    // A path from the root is one of the machine where Envoy runs.
    if (isAbsolute(file)) return { absent: `there is no file ${file} here: put it where Envoy runs` };
    return { wrong: `there is no file ${file}${nearFile(file, path)}` };
  }
  const problem = moduleProblem(bytes, sha256);
  return problem === undefined ? { bytes } : { wrong: `${file} ${problem}` };
}

/** What is wrong with the modules that plugins have in files, and those that are not here. */
export function checkModules({ model, sources }: Policies): { mistakes: FileMistake[]; absent: FileMistake[] } {
  const found = model.resources.flatMap((resource) =>
    codeOf(resource).map((named) => {
      const read = readModule(named, sources.of(resource));
      const place = (message: string) => [sources.locate(mistake(resource, named.path, message))];
      return {
        mistakes: 'wrong' in read ? place(read.wrong) : [],
        absent: 'absent' in read ? place(read.absent) : [],
      };
    }),
  );
  return { mistakes: found.flatMap(({ mistakes }) => mistakes), absent: found.flatMap(({ absent }) => absent) };
}

function moduleProblem(bytes: Buffer, sha256: string | undefined): string | undefined {
  if (bytes.length > moduleBytesMax) return `is larger than ${moduleBytesMax / 1024 ** 2} MiB, too large for a filter`;
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== undefined && digest !== sha256) return `has another SHA-256: ${digest}`;
  if (!WebAssembly.validate(bytes)) return 'is not a WebAssembly module';
  const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  if (names.some((name) => name.startsWith('proxy_abi_version_'))) return undefined;
  return 'is no Proxy-Wasm filter: it exports no proxy_abi_version_…';
}

/**
 * The policies with the modules in line that plugins have in files: what was checked is what Envoy gets, a change of the file
 * is a change of rules, and the configuration stands alone. A module that may be elsewhere, where Envoy runs, stays a file.
 */
export function withPluginCode({ model, sources }: Policies): Policies {
  const resources = model.resources.map((resource) =>
    resource.kind === 'WasmPlugin' ? withCode(resource, sources.of(resource)) : resource,
  );
  return { model: new Model(resources, model), sources };
}

function withCode(plugin: Resource<'WasmPlugin'>, source: Source): Resource<'WasmPlugin'> {
  const [named] = codeOf(plugin);
  if (!named) return plugin;
  const read = readModule(named, source);
  if ('absent' in read) return plugin;
  if ('wrong' in read)
    throw new TollgateError('file_unreadable', `the module of WasmPlugin ${plugin.name}: ${read.wrong}`);
  return { ...plugin, spec: { ...plugin.spec, code: { inline: read.bytes.toString('base64') } } };
}
