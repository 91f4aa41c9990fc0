import { holdsSecretKey, keySetProblem, type Model, type Resource, TollgateError } from '@tollgate/model';
import { secretPath } from '../commands/bootstrap.js';
import { secretValue } from './secrets.js';

type Jwks = Resource<'JwtPolicy'>['spec']['providers'][number]['jwks'];

/**
 * The model with public keys in line that it has in files: then a change of the file is a change of rules, which a running
 * Envoy takes, where its environment stays what it was. Secret keys travel by the environment all the same.
 */
export function withPublicKeys(model: Model): Model {
  return { ...model, jwt: model.jwt.map(withPublicKeysOf) };
}

/** The files in which policies have secrets and keys, as one would open them here. */
export function keyFilesOf({ token, jwt }: Model): string[] {
  const named = [
    ...token.flatMap((policy) =>
      policy.spec.systems.flatMap(({ secrets }) => secrets.map(({ file }) => ({ file, policy }))),
    ),
    ...jwt.flatMap((policy) => policy.spec.providers.map(({ jwks: { file } }) => ({ file, policy }))),
  ];
  return named.flatMap(({ file, policy }) =>
    file === undefined ? [] : [secretPath({ path: file, policyFile: policy.file })],
  );
}

function withPublicKeysOf(policy: Resource<'JwtPolicy'>): Resource<'JwtPolicy'> {
  const providers = policy.spec.providers.map((provider) => ({
    ...provider,
    jwks: inLine(provider.jwks, policy.file),
  }));
  return { ...policy, spec: { ...policy.spec, providers } };
}

function inLine(jwks: Jwks, policyFile: string): Jwks {
  if (jwks.file === undefined) return jwks;
  const found = secretValue({ name: '', file: { path: jwks.file, policyFile } }, {});
  // No proxy starts without it, nor does one that runs take rules with what it does not have.
  if ('missing' in found) throw new TollgateError('secret_missing', found.missing);
  const text = found.value.toString();
  if (holdsSecretKey(text)) return jwks;
  const problem = keySetProblem(text);
  if (problem !== undefined)
    throw new TollgateError('input_invalid', `${secretPath({ path: jwks.file, policyFile })}: ${problem}`);
  return { inline: text };
}
