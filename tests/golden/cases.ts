import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Bootstrap, compile, inlineModule, type SecretVariable, staticBootstrap } from '@tollgate/envoy';
import { parseAllDocuments } from 'yaml';
import { modelOf } from '../support/model.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A policy document as it is written. */
export interface Written {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec?: unknown;
}

/** One feature of the compiler: documents that use it, and what Envoy gets for them. */
export interface Case {
  /** `features/timeouts`: the files of this name, with `.yaml` and `.envoy.yaml`, are its own. */
  name: string;
  documents: Written[];
  proxies: Map<string, EnvoyStart>;
}

/** What one Envoy starts on. */
export interface EnvoyStart {
  bootstrap: Bootstrap;
  secrets: SecretVariable[];
}

export const fileOf = (name: string, ending = 'yaml') => `${here}${name}.${ending}`;

/** The names of a folder's cases, or those for which there is a file of what Envoy gets. */
export function namesIn(folder: 'kinds' | 'features', ending: '.yaml' | '.envoy.yaml'): string[] {
  return readdirSync(here + folder)
    .filter((file) => file.endsWith(ending) && file.endsWith('.envoy.yaml') === (ending === '.envoy.yaml'))
    .map((file) => `${folder}/${file.slice(0, -ending.length)}`)
    .sort();
}

const read = (name: string) =>
  parseAllDocuments(readFileSync(fileOf(name), 'utf8')).map((document) => document.toJS() as Written);

export const base = compiled('base', read('base'));

export function readCase(name: string): Case {
  const own = read(name);
  const key = ({ kind, metadata: { namespace, name } }: Written) => `${kind} ${namespace ?? ''} ${name}`;
  const replaced = new Set(own.map(key));
  return compiled(name, [...base.documents.filter((document) => !replaced.has(key(document))), ...own]);
}

function compiled(name: string, documents: Written[]): Case {
  const model = modelOf(documents.map((document) => JSON.stringify(document)).join('\n---\n'), fileOf(name));
  const proxies = model.of('Node').all.map((node): [string, EnvoyStart] => {
    const resources = compile(model, node, { version: 'golden', wasm: inlineModule() });
    return [node.name, { bootstrap: staticBootstrap(node, resources), secrets: resources.secrets }];
  });
  return { name, documents, proxies: new Map(proxies) };
}
