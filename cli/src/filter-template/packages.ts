import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { release } from '../release.js';

/** Where a new filter gets our packages from. */
export interface Packages {
  cli: string;
  sdk: string;
  simulator: string;
  /** They are folders of a clone, of which npm must make copies. */
  folders: boolean;
}

/** From where this command itself came: a clone of the repository, packed files (`tollgate-cli-1.2.3.tgz`), or the registry. */
export function findPackages(): Packages {
  const { version } = release;
  const own = ownFolder(dirname(fileURLToPath(import.meta.url)));
  if (own !== undefined && existsSync(join(own, '../sdk/transform')) && existsSync(join(own, 'tsconfig.json'))) {
    const folder = (name: string) => `file:${resolve(own, '..', name)}`;
    return { cli: folder('cli'), sdk: folder('sdk'), simulator: folder('host-sim'), folders: true };
  }
  const packed = own === undefined ? undefined : packedFolder(own);
  const spec = (name: string, registry: string) => {
    const file = packed && join(packed, `tollgate-${name}-${version}.tgz`);
    return file && existsSync(file) ? `file:${file}` : registry;
  };
  return {
    cli: spec('cli', version),
    sdk: spec('sdk', `npm:@tollgate/sdk@${version}`),
    simulator: spec('host-sim', version),
    folders: false,
  };
}

/** The folder of `@tollgate/cli`; undefined for the self-contained file. */
function ownFolder(from: string): string | undefined {
  const manifest = join(from, 'package.json');
  if (existsSync(manifest)) {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8'));
    return name === '@tollgate/cli' ? from : undefined;
  }
  return dirname(from) === from ? undefined : ownFolder(dirname(from));
}

/** Where the file lies from which npm installed this package: npm's record of an installation says it. */
function packedFolder(own: string): string | undefined {
  const modules = resolve(own, '../..');
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return undefined;
  const { resolved } = JSON.parse(readFileSync(record, 'utf8')).packages?.['node_modules/@tollgate/cli'] ?? {};
  return resolved?.startsWith('file:') ? dirname(resolve(modules, '..', resolved.slice('file:'.length))) : undefined;
}
