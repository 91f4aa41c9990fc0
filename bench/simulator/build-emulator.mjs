// The Go SDK's emulator is built when it is wanted, by the Go that is here, from modules that Go fetches.
import { spawnSync } from 'node:child_process';

/** `{path}` of the program, or `{missing}`: why there is none. */
export function buildEmulator(folder, path) {
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
  const { status, error, stderr } = spawnSync('go', ['build', '-o', path, '.'], { cwd: folder, env, encoding: 'utf8' });
  if (error) return { missing: 'no go' };
  return status === 0 ? { path } : { missing: `go build failed: ${stderr.trim().split('\n').at(-1)}` };
}
