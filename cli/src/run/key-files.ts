import { secretValue } from '@tollgate/agent';
import { filesOf, holdsSecretKey, Model, type Resource, TollgateError } from '@tollgate/model';
import { type Policies, type Source, withPluginCode } from '@tollgate/policies';

type Jwks = Resource<'JwtPolicy'>['spec']['providers'][number]['jwks'];

/**
 * The policies, whose files were checked, with the public keys and modules in line that they have in files: then a change of the
 * file is a change of rules, which a running Envoy takes, where its environment stays what it was. Secret keys travel by the
 * environment all the same.
 */
export function withFilesInLine(policies: Policies): Policies {
  const { model, sources } = withPluginCode(policies);
  const resources = model.resources.map((resource) =>
    resource.kind === 'JwtPolicy' ? withPublicKeysOf(resource, sources.of(resource)) : resource,
  );
  return { model: new Model(resources), sources };
}

/** The files in which policies have secrets, keys and modules, as one would open them here. */
export function keyFilesOf({ model, sources }: Policies): string[] {
  return model.resources.flatMap((resource) => filesOf(resource).map((path) => sources.of(resource).beside(path)));
}

function withPublicKeysOf(policy: Resource<'JwtPolicy'>, source: Source): Resource<'JwtPolicy'> {
  const providers = policy.spec.providers.map((provider) => ({ ...provider, jwks: inLine(provider.jwks, source) }));
  return { ...policy, spec: { ...policy.spec, providers } };
}

function inLine(jwks: Jwks, source: Source): Jwks {
  if (jwks.file === undefined) return jwks;
  const path = source.beside(jwks.file);
  const found = secretValue({ name: '', file: { path, namedIn: source.file } }, {});
  // No proxy starts without it, nor does one that runs take rules with what it does not have.
  if ('missing' in found) throw new TollgateError('secret_missing', found.missing);
  const text = found.value.toString();
  return holdsSecretKey(text) ? jwks : { inline: text };
}
