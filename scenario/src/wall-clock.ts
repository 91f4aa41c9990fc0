import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@tollgate/envoy/binary';
import { TollgateError } from '@tollgate/model';
import { wallClockSource } from './wall-clock-source.js';

/** A wall clock that a test sets, for a real Envoy: a preloaded library reads it from a file. Linux with glibc only. */
export class EnvoyWallClock {
  private readonly folder = temporaryFolder('tollgate-clock-');
  private readonly file = join(this.folder.path, 'setting');
  private readonly stands: boolean;
  /** The time, or how far it is from the real one. */
  private ms: number;
  readonly env: Record<string, string>;

  /** It goes on from `at`, or stands there until it is stepped. */
  constructor(at: Date, { stands = false } = {}) {
    this.stands = stands;
    this.ms = stands ? at.getTime() : at.getTime() - Date.now();
    writeFileSync(this.file, this.bytes());
    this.env = { LD_PRELOAD: library(), TOLLGATE_CLOCK_FILE: this.file };
  }

  step(ms: number): void {
    this.ms += ms;
    // Written in place: the library has this very file mapped.
    writeFileSync(this.file, this.bytes(), { flag: 'r+' });
  }

  close(): void {
    this.folder.remove();
  }

  private bytes(): Buffer {
    const bytes = Buffer.alloc(16);
    bytes.writeBigInt64LE(BigInt(Math.round(this.ms)) * 1_000_000n);
    bytes.writeBigInt64LE(this.stands ? 1n : 0n, 8);
    return bytes;
  }
}

let built: string | undefined;

/** Compiled once in a process, and gone with it. */
function library(): string {
  if (built) return built;
  const path = join(temporaryFolder('tollgate-clock-library-').path, 'wall-clock.so');
  const { status, error, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-x', 'c', '-o', path, '-'], {
    input: wallClockSource,
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new TollgateError(
      'envoy_missing',
      'this scenario sets the wall clock, which takes a C compiler where it runs in a real Envoy: install one as `cc`',
      { cause: error, details: stderr ? [stderr] : [] },
    );
  built = path;
  return path;
}

/** True where a wall clock can be had. */
export function wallClockAvailable(): boolean {
  try {
    library();
    return true;
  } catch {
    return false;
  }
}
