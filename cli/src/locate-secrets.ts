import type { Secret } from '@tollgate/agent';
import type { SecretVariable } from '@tollgate/envoy';
import type { Sources } from '@tollgate/policies';

/** Where the values of variables come from: a path in a policy file is relative to that file. */
export function locateSecrets(variables: readonly SecretVariable[], sources: Sources): Secret[] {
  return variables.map(({ name, file }) => {
    if (!file) return { name };
    const source = sources.of(file.policy);
    return { name, file: { path: source.beside(file.path), namedIn: source.file } };
  });
}
