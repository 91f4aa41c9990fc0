import { authenticationsOf } from './istio.js';
import type { Mistake } from './mistake.js';
import { type Model, type Policy, policiesOf } from './model.js';
import { didYouMean } from './near-word.js';
import { keyOf, type Path, type Resource } from './resource.js';
import { type Providers, providerMistakes, providersIn, subjectProblem } from './subjects.js';

/** What can be referred to; made once, so that thousands of policies are checked in one pass. */
interface Names {
  /** Names of services by namespace. */
  services: Map<string, string[]>;
  /** `namespace/name` of every service. */
  serviceKeys: Set<string>;
  /** Every system and service. */
  consumers: Set<string>;
  providers: Providers;
}

/** Checks that whatever a document names is there: a dangling reference would silently govern nothing. */
export function checkReferences(model: Model): Mistake[] {
  const names = namesOf(model);
  return [
    ...model.services.flatMap((service) => serviceMistakes(names, service)),
    ...hostMistakes(model),
    ...model.nodes.flatMap((node) => nodeMistakes(names, node)),
    ...policiesOf(model).flatMap((policy) => [...targetMistakes(names, policy), ...consumerMistakes(names, policy)]),
    ...model.token.flatMap((policy) => tokenMistakes(names, policy)),
    ...model.jwt.flatMap(jwtMistakes),
    ...model.requestAuthentication.flatMap((policy) => authenticationMistakes(names, policy)),
    ...issuerMistakes(model),
    ...providerMistakes(model),
  ];
}

function namesOf(model: Model): Names {
  const services = new Map<string, string[]>();
  for (const { namespace, name } of model.services) {
    const known = services.get(namespace);
    if (known) known.push(name);
    else services.set(namespace, [name]);
  }
  const systems = model.token.flatMap((token) => token.spec.systems.map((system) => system.id));
  return {
    services,
    serviceKeys: new Set(model.services.map(keyOf)),
    consumers: new Set(['anonymous', ...model.services.map((service) => service.name), ...systems]),
    providers: providersIn(model),
  };
}

function missingService(names: Names, from: Resource, path: Path, name: string, namespace = from.namespace): Mistake[] {
  if (names.serviceKeys.has(keyOf({ namespace, name }))) return [];
  const where = namespace === 'default' ? '' : ` in namespace ${namespace}`;
  const hint = didYouMean(name, names.services.get(namespace) ?? []) || ', write a Service document for it';
  return [from.mistake(path, `there is no Service "${name}"${where}${hint}`)];
}

function serviceMistakes(names: Names, service: Resource<'Service'>): Mistake[] {
  return service.spec.grants.flatMap((grant, index) =>
    missingService(names, service, ['spec', 'grants', index, 'consumer'], grant.consumer),
  );
}

/** A host name leads to one service; the service's own name counts. */
function hostMistakes(model: Model): Mistake[] {
  const owners = new Map(
    model.services.map((service) => [`${service.namespace}/${service.name.toLowerCase()}`, service]),
  );
  return model.services.flatMap((service) =>
    service.spec.hosts.flatMap((host, index) => {
      const owner = owners.get(`${service.namespace}/${host}`) ?? owners.get(`/${host}`);
      owners.set(`/${host}`, service);
      if (!owner || (owner === service && host === service.name.toLowerCase())) return [];
      return [service.mistake(['spec', 'hosts', index], `"${host}" leads to Service "${owner.name}" already`)];
    }),
  );
}

function nodeMistakes(names: Names, node: Resource<'Node'>): Mistake[] {
  const { services, inbound, outbound, admin } = node.spec;
  const mistakes = services.flatMap((name, index) => missingService(names, node, ['spec', 'services', index], name));
  const ownService = (name: string, path: Path) =>
    services.includes(name)
      ? []
      : [
          node.mistake(
            path,
            `"${name}" is not one of this node's services${didYouMean(name, services) || `: ${services.join(', ')}`}`,
          ),
        ];
  inbound.forEach((entry, index) => {
    mistakes.push(...ownService(entry.service, ['spec', 'inbound', index, 'service']));
    if (entry.listen.port === entry.to.port && entry.listen.address === entry.to.address) {
      mistakes.push(
        node.mistake(
          ['spec', 'inbound', index, 'to'],
          'leads back to the same listener, name the application’s own address',
        ),
      );
    }
  });
  outbound.forEach((entry, index) => {
    const path = Array.isArray(outbound) && outbound.length > 1 ? ['spec', 'outbound', index] : ['spec', 'outbound'];
    if (entry.service !== undefined) mistakes.push(...ownService(entry.service, [...path, 'service']));
    else if (services.length !== 1)
      mistakes.push(
        node.mistake(
          path,
          'says not who is calling: several services share this proxy, write a list of {listen, service}',
        ),
      );
  });
  const listens: [Path, { address: string; port: number }][] = [
    ...inbound.map((entry, index): [Path, { address: string; port: number }] => [
      ['spec', 'inbound', index, 'listen'],
      entry.listen,
    ]),
    ...outbound.map((entry): [Path, { address: string; port: number }] => [['spec', 'outbound'], entry.listen]),
    ...(admin ? [[['spec', 'admin'], admin] as [Path, { address: string; port: number }]] : []),
  ];
  const seen = new Set<string>();
  for (const [path, { address, port }] of listens) {
    const socket = `${address} port ${port}`;
    if (seen.has(socket))
      mistakes.push(node.mistake(path, `${socket} is taken already by this node, choose another port`));
    seen.add(socket);
  }
  return mistakes;
}

function targetMistakes(names: Names, policy: Policy): Mistake[] {
  if (!policy.spec.targetRefs) {
    if (names.services.has(policy.namespace)) return [];
    return [policy.mistake(['metadata'], `governs nothing: there is no Service in namespace ${policy.namespace}`)];
  }
  return policy.spec.targetRefs.flatMap((target, index) =>
    missingService(names, policy, ['spec', 'targetRefs', index, 'name'], target.name, target.namespace),
  );
}

/** A consumer that no policy can verify and no service is called never matches. */
function consumerMistakes(names: Names, policy: Policy): Mistake[] {
  const unknown = (path: Path, name: string) => {
    const problem = consumerProblem(names, name);
    return problem ? [policy.mistake(path, problem)] : [];
  };
  const ruled: { field: string; items: { match?: { consumers?: string[] }[] | undefined }[] } =
    'limits' in policy.spec
      ? { field: 'limits', items: policy.spec.limits }
      : 'breakers' in policy.spec
        ? { field: 'breakers', items: policy.spec.breakers }
        : { field: 'rules', items: policy.spec.rules };
  const weighed = 'fairShares' in policy.spec ? Object.keys(policy.spec.fairShares?.weights ?? {}) : [];
  const inWeights = weighed.flatMap((name) =>
    name === '*' ? [] : unknown(['spec', 'fairShares', 'weights', name], name),
  );
  const inMatches = ruled.items.flatMap((item, index) =>
    (item.match ?? []).flatMap((conditions, matchIndex) =>
      (conditions.consumers ?? []).flatMap((name, at) =>
        unknown(['spec', ruled.field, index, 'match', matchIndex, 'consumers', at], name),
      ),
    ),
  );
  return [...inMatches, ...inWeights];
}

function consumerProblem({ consumers, providers }: Names, name: string): string | undefined {
  if (name.startsWith('jwt:')) return subjectProblem(providers, name);
  if (consumers.has(name) || name.startsWith('spiffe://')) return undefined;
  return `there is no system or service "${name}"${didYouMean(name, consumers) || ', name a system id of a TokenPolicy or a Service'}`;
}

function tokenMistakes(names: Names, policy: Resource<'TokenPolicy'>): Mistake[] {
  const ids = policy.spec.systems.map((system) => system.id);
  return [
    ...policy.spec.systems.flatMap((system, index) =>
      system.service === undefined
        ? []
        : missingService(names, policy, ['spec', 'systems', index, 'service'], system.service),
    ),
    ...policy.spec.rules.flatMap((rule, index) =>
      (rule.systems ?? []).flatMap((id, at) =>
        ids.includes(id)
          ? []
          : [
              policy.mistake(
                ['spec', 'rules', index, 'systems', at],
                `"${id}" is none of this policy's systems${didYouMean(id, ids) || `: ${ids.join(', ')}`}`,
              ),
            ],
      ),
    ),
  ];
}

function authenticationMistakes(names: Names, policy: Resource<'RequestAuthentication'>): Mistake[] {
  return (policy.spec.targetRefs ?? []).flatMap(({ name, namespace = policy.namespace }, index) =>
    namespace === policy.namespace
      ? missingService(names, policy, ['spec', 'targetRefs', index, 'name'], name)
      : [policy.mistake(['spec', 'targetRefs', index, 'namespace'], `must be ${policy.namespace}, its own namespace`)],
  );
}

/** All rules for a service are asked together, and each token by the rule of its issuer: a second one would say nothing. */
function issuerMistakes(model: Model): Mistake[] {
  return model.services.flatMap((service) => {
    const seen = new Set<string>();
    return authenticationsOf(model, service).flatMap((policy) =>
      policy.spec.jwtRules.flatMap(({ issuer }, index) => {
        if (!seen.has(issuer)) {
          seen.add(issuer);
          return [];
        }
        const message = `another RequestAuthentication of Service "${service.name}" has a rule for "${issuer}" already`;
        return [policy.mistake(['spec', 'jwtRules', index, 'issuer'], message)];
      }),
    );
  });
}

function jwtMistakes(policy: Resource<'JwtPolicy'>): Mistake[] {
  const names = policy.spec.providers.map((provider) => provider.name);
  return policy.spec.rules.flatMap((rule, index) =>
    (rule.providers ?? []).flatMap((name, at) =>
      names.includes(name)
        ? []
        : [
            policy.mistake(
              ['spec', 'rules', index, 'providers', at],
              `"${name}" is none of this policy's providers${didYouMean(name, names) || `: ${names.join(', ')}`}`,
            ),
          ],
    ),
  );
}
