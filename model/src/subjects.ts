import { authenticationsOf, providerOf } from './istio.js';
import type { Mistake } from './mistake.js';
import { governs, type Model } from './model.js';
import { didYouMean } from './near-word.js';
import { keyOf, type Path, type Resource } from './resource.js';

/** Who can prove a JWT's subject: the providers' names, and the issuers that are providers without a name of their own. */
export interface Providers {
  names: Set<string>;
  issuers: string[];
}

export function providersIn(model: Model): Providers {
  const issuers = model.requestAuthentication.flatMap(({ spec }) => spec.jwtRules.map(({ issuer }) => issuer));
  const named = model.jwt.flatMap(({ spec }) => spec.providers.map(({ name }) => name));
  return { names: new Set([...named, ...issuers.map((issuer) => providerOf({ issuer }))]), issuers };
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
  return `there is no provider "${provider}"${near || `; a subject that has a slash is written behind its provider, as in jwt:${some}/${written}`}`;
}

/** A subject is known by its provider's name, which for one service may mean one issuer only. */
export function providerMistakes(model: Model): Mistake[] {
  const found = model.services.flatMap((service) => [
    ...clashes(namedProviders(model, service, 'consumer')),
    ...clashes([
      ...namedProviders(model, service, 'provider'),
      ...authenticationsOf(model, service).flatMap((policy) =>
        policy.spec.jwtRules.map((rule, index) => ({
          name: providerOf(rule),
          issuer: rule.issuer,
          policy,
          path: ['spec', 'jwtRules', index, 'issuer'],
        })),
      ),
    ]),
  ]);
  // Two policies may govern many services together.
  const distinct = new Map(
    found.map((clash) => [`${keyOf(clash.policy)} ${clash.path.join()} ${clash.message}`, clash]),
  );
  return [...distinct.values()].map(({ policy, path, message }) => policy.mistake(path, message));
}

interface NamedProvider {
  name: string;
  issuer: string;
  policy: Resource<'JwtPolicy'> | Resource<'RequestAuthentication'>;
  path: Path;
}

function namedProviders(model: Model, service: Resource<'Service'>, side: 'provider' | 'consumer'): NamedProvider[] {
  return model.jwt
    .filter((policy) => governs(policy, service, side))
    .flatMap((policy) =>
      policy.spec.providers.map(({ name, issuer }, index) => ({
        name,
        issuer,
        policy,
        path: ['spec', 'providers', index, 'name'],
      })),
    );
}

function clashes(providers: NamedProvider[]): { policy: NamedProvider['policy']; path: Path; message: string }[] {
  const first = new Map<string, NamedProvider>();
  return providers.flatMap((provider) => {
    const known = first.get(provider.name) ?? provider;
    first.set(provider.name, known);
    if (known.issuer === provider.issuer) return [];
    const message = `"${provider.name}" is the provider of ${known.policy.kind} "${known.policy.name}" for another issuer, ${known.issuer}; choose another name, or their subjects would be the same consumers`;
    return [{ ...provider, message }];
  });
}
