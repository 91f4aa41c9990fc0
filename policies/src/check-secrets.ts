import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import {
  type Mistake,
  mistake,
  type NamedSecret,
  namedKeySetProblem,
  type Resource,
  secretIn,
  secretsOf,
} from '@tollgate/model';
import type { FileMistake } from './file-mistake.js';
import { nearFile } from './near-file.js';
import { checkModules } from './plugin-code.js';
import type { Policies } from './policies.js';
import type { Source } from './source.js';

/** What policies name and this machine has not, or has wrong. */
export interface CheckedSecrets {
  mistakes: FileMistake[];
  /** What may be where Envoy runs: files, and variables, which belong to the process that starts it and not to a machine. */
  absent: FileMistake[];
  unset: FileMistake[];
}

/**
 * Looks at the secrets, key sets and modules that policies name, as a start would. What is there and wrong is a mistake, and so is a key
 * set that is missing from beside its policy; a secret that is missing may be on the machine where Envoy runs.
 */
export function checkSecrets({ model, sources }: Policies, env: NodeJS.ProcessEnv): CheckedSecrets {
  const checked: CheckedSecrets = { ...checkModules({ model, sources }), unset: [] };
  for (const resource of model.resources) {
    const source = sources.of(resource);
    const found = secretsOf(resource).map((named) => ({ named, ...look(named, source, env) }));
    const atHand = new Set(found.filter(({ state }) => state === 'right').map(({ named }) => named.system));
    for (const { named, state, message = '' } of found) {
      if (state === 'right') continue;
      const located = sources.locate(placed(resource, named, message));
      if (state === 'wrong') checked.mistakes.push(located);
      else if (named.file !== undefined) checked.absent.push(located);
      // One secret of a system is enough.
      else if (named.system === undefined || !atHand.has(named.system)) checked.unset.push(located);
    }
  }
  return checked;
}

function placed(resource: Resource, { path, file }: NamedSecret, message: string): Mistake {
  return mistake(resource, [...path, file === undefined ? 'env' : 'file'], message);
}

interface Looked {
  state: 'right' | 'absent' | 'wrong';
  message?: string;
}

function look(named: NamedSecret, source: Source, env: NodeJS.ProcessEnv): Looked {
  const { file, env: variable = '', system } = named;
  if (file !== undefined) return lookAtFile(file, system === undefined, source);
  const value = env[variable];
  if (!value) return { state: 'absent', message: `${variable} is not set here: set it where Envoy runs` };
  const problem = system === undefined ? namedKeySetProblem(value) : undefined;
  return problem === undefined ? { state: 'right' } : { state: 'wrong', message: `${variable}: ${problem}` };
}

function lookAtFile(file: string, isKeySet: boolean, source: Source): Looked {
  const path = source.beside(file);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    const { code = '', message } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return missing(file, path, isKeySet);
    const state = code === 'EACCES' || code === 'EPERM' ? 'absent' : 'wrong';
    return { state, message: `${file} cannot be read here: ${message}` };
  }
  const found = secretIn(bytes);
  const problem =
    'problem' in found ? found.problem : isKeySet ? namedKeySetProblem(found.value.toString()) : undefined;
  return problem === undefined ? { state: 'right' } : { state: 'wrong', message: `${file}: ${problem}` };
}

/** Key sets are no secrets mostly, and lie beside the policies; a path from the root is one of the machine where Envoy runs. */
function missing(file: string, path: string, isKeySet: boolean): Looked {
  const near = nearFile(file, path);
  if (isKeySet && !isAbsolute(file)) return { state: 'wrong', message: `there is no file ${file}${near}` };
  return { state: 'absent', message: `there is no file ${file} here${near || ': put it where Envoy runs'}` };
}
