import type { Secret } from '@tollgate/agent';
import { shellWord } from './shell-word.js';

/** The line by which a shell starts Envoy on a bootstrap, with the variables that it needs. */
export function startLine(file: string, secrets: readonly Secret[], env: NodeJS.ProcessEnv, workers?: number): string {
  const variables = secrets.map((secret) => `${secret.name}=${shellValue(secret, env)}`);
  const concurrency = workers === undefined ? [] : ['--concurrency', String(workers)];
  return [...variables, 'envoy', '--disable-hot-restart', '-c', shellWord(file), ...concurrency].join(' ');
}

/** Never the value itself, which would stay in scrollbacks and histories. */
function shellValue({ name, file }: Secret, env: NodeJS.ProcessEnv): string {
  // As the shell reads it, a trailing newline is dropped, which it is of a secret file anyway.
  if (file) return `"$(cat ${shellWord(file.path)})"`;
  return env[name] ? `"$${name}"` : '…';
}
