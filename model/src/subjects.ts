import type { JwtProvider } from './kind.js';
import { identitiesOf, type Resource } from './kinds.js';
import { type Mistake, mistake, warning } from './mistake.js';
import type { Model } from './model.js';
import { didYouMean } from './near-word.js';
import { authenticationsOf, providerOf } from './policy/request-authentication.js';
import { keyOf } from './resource.js';

/** Who can prove a JWT's subject: the providers' names, and the issuers that are providers without a name of their own. */
export interface Providers {
  names: Set<string>;
  issuers: string[];
}

export function providersIn(model: Model): Providers {
  const providers = model.resources.flatMap((resource) => identitiesOf(resource).providers ?? []);
  const unnamed = model.of('RequestAuthentication').all.flatMap(({ spec }) => spec.jwtRules);
  return { names: new Set(providers.map(({ name }) => name)), issuers: unnamed.map(({ issuer }) => issuer) };
}

/** What is wrong with `jwt:<subject>` or `jwt:<provider>/<subject>`; nothing where a token could prove it. */
export function subjectProblem({ names, issuers }: Providers, consumer: string): string | undefined {
  if (names.size === 0) return `"${consumer}" is an identity that no policy verifies, write a JwtPolicy`;
  const written = consumer.slice('jwt:'.length);
  const slash = written.indexOf('/');
  const provider = written.slice(0, slash);
  if (slash < 0 || names.has(provider)) return undefined;
  const issuer = issuers.find((known) => written.startsWith(`${known}/`));
  if (issuer !== undefined)
    return `the provider in "${consumer}" is an issuer, write it without slashes: jwt:${providerOf({ issuer })}${written.slice(issuer.length)}`;
  const near = didYouMean(provider, names);
  const [some] = names;
  return `there is no provider "${provider}"${near || `; write a subject that contains a slash after its provider, as in jwt:${some}/${written}`}`;
}

/** A subject is known by its provider's name, which for one service may mean one issuer only. */
export function providerMistakes(model: Model): Mistake[] {
  const authentications = model.of('RequestAuthentication');
  const found = model
    .of('Service')
    .all.flatMap((service) => [
      ...clashes(model.governing('JwtPolicy', service, 'consumer')),
      ...clashes([
        ...model.governing('JwtPolicy', service, 'provider'),
        ...authenticationsOf(authentications, service),
      ]),
    ]);
  // Two policies may govern many services together.
  const distinct = new Map(
    found.map((clash) => [`${keyOf(clash.policy)} ${clash.path.join()} ${clash.message}`, clash]),
  );
  return [...distinct.values()].map(({ policy, path, message, warning: told }) =>
    (told ? warning : mistake)(policy, path, message),
  );
}

type Issuing = Resource<'JwtPolicy' | 'RequestAuthentication'>;
type NamedProvider = JwtProvider & { policy: Issuing };
type Clash = NamedProvider & { message: string; warning?: true };

function clashes(policies: readonly Issuing[]): Clash[] {
  const first = new Map<string, NamedProvider>();
  const issuers = new Map<string, NamedProvider>();
  const providers = policies.flatMap((policy) =>
    (identitiesOf(policy).providers ?? []).map((provider) => ({ ...provider, policy })),
  );
  return providers.flatMap((provider) => {
    const known = first.get(provider.name) ?? provider;
    first.set(provider.name, known);
    if (known.issuer === provider.issuer) return renamed(issuers, provider);
    const message = `"${provider.name}" already names another issuer, ${known.issuer}, in ${known.policy.kind} "${known.policy.name}": choose another name, or the subjects of both would be the same consumers`;
    return [{ ...provider, message }];
  });
}

/** One issuer under two names: who calls is then known by that of the first policy that verifies the token. */
function renamed(issuers: Map<string, NamedProvider>, provider: NamedProvider): Clash[] {
  // Istio's documents have no names to choose.
  if (provider.policy.kind !== 'JwtPolicy') return [];
  const known = issuers.get(provider.issuer) ?? provider;
  issuers.set(provider.issuer, known);
  if (known.name === provider.name || known.policy === provider.policy) return [];
  const message = `"${provider.name}" has the same issuer as provider "${known.name}" of JwtPolicy "${known.policy.name}": its subjects would count as two consumers, write one name for both`;
  return [{ ...provider, message, warning: true }];
}
