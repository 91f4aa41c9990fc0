import { execFile } from 'node:child_process';
import type { Environment } from './environment.js';
import { limits } from './limits.js';

/** What `envoy --version` says (`1.40.0`), or why it says nothing of the kind. */
export async function envoyVersion(path: string, env: Environment): Promise<{ version: string } | { fault: string }> {
  return new Promise((resolve) => {
    // SIGKILL at the time limit: whatever it is that runs there, it is not the Envoy that would answer SIGTERM.
    const options = { env: { ...env }, timeout: limits.versionMs, killSignal: 'SIGKILL' } as const;
    execFile(path, ['--version'], options, (error, stdout, stderr) => {
      // <path>  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL
      const version = /version: [0-9a-f]+\/(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
      if (version) return resolve({ version });
      const said = `${stderr}\n${stdout}`.split('\n').find((line) => line.trim() !== '');
      const fault = error?.killed
        ? `no answer in ${limits.versionMs} ms`
        : (said ?? error?.message ?? 'it printed nothing');
      resolve({ fault: fault.trim() });
    });
  });
}
