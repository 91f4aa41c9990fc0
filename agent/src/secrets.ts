import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

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
  const value = bytes.at(-1) === 0x0a ? bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1) : bytes;
  if (value.length === 0) return { missing: `${named} is empty` };
  // What the environment cannot carry unchanged would sign here as one secret and be verified there as another.
  if (value.includes(0) || !isUtf8(value))
    return {
      missing: `${named} is not UTF-8 text or contains a zero byte, which an environment variable cannot hold: write the secret as text`,
    };
  return { value };
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
