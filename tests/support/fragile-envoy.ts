import { chmodSync } from 'node:fs';
import { realEnvoy } from './envoy.js';
import { Folder } from './folder.js';

/** The environment for a real Envoy that starts only while there is no file of that name. */
export async function envoyUnless(broken: string): Promise<{ TOLLGATE_ENVOY: string }> {
  const { path } = await realEnvoy();
  const fails = `[ -e '${broken}' ] && [ "$1" != --version ] && { echo "no such luck" >&2; exit 7; }`;
  const folder = new Folder({ envoy: `#!/bin/sh\n${fails}\nexec '${path}' "$@"\n` });
  chmodSync(folder.file('envoy'), 0o755);
  return { TOLLGATE_ENVOY: folder.file('envoy') };
}
