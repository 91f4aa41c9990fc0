import { readFileSync } from 'node:fs';
import { secretIn } from '@tollgate/model';

/** An environment variable of an Envoy, and where its value is. */
export interface Secret {
  name: string;
  /** Left out: in the environment already. */
  file?: { path: string; namedIn: string };
}

type Found = { value: Buffer } | { missing: string };

/** A secret's value: from the environment or its file, one trailing newline dropped. */
export function secretValue(
  variable: Secret,
  env: NodeJS.ProcessEnv,
  read: (path: string) => Buffer = readFileSync,
): Found {
  if (!variable.file) {
    const value = env[variable.name];
    return value ? { value: Buffer.from(value) } : { missing: `the environment variable ${variable.name} is not set` };
  }
  const { path, namedIn } = variable.file;
  const named = `the secret file ${path} (named in ${namedIn})`;
  let bytes: Buffer;
  try {
    bytes = read(path);
  } catch (cause) {
    return { missing: `${named} cannot be read: ${(cause as Error).message}` };
  }
  const found = secretIn(bytes);
  return 'value' in found ? found : { missing: `${named} ${found.problem}` };
}

/** The variables of one Envoy. What is missing is told; whether it can do without decides the filter, which knows the systems. */
export function secretEnvironment(
  secrets: readonly Secret[],
  env: NodeJS.ProcessEnv,
  warn: (text: string) => void,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const secret of secrets) {
    const found = secretValue(secret, env);
    if ('value' in found) environment[secret.name] = found.value.toString();
    else warn(found.missing);
  }
  return environment;
}
