import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { secretValue } from '@tollgate/agent';
import { Secrets } from '@tollgate/envoy';
import {
  didYouMean,
  type Model,
  type Resource,
  signToken,
  TollgateError,
  tokenDate,
  tokenHeaders,
} from '@tollgate/model';
import type { Sources } from '@tollgate/policies';
import { loadPolicies } from '../load.js';
import { locateSecrets } from '../locate-secrets.js';
import type { Output } from '../output.js';

interface TokenOptions {
  file: string[];
  system: string;
  policy?: string;
  at?: string;
}

/** Prints what the consumer's proxy would send. */
export async function token(options: TokenOptions, output: Output): Promise<void> {
  const { model, sources } = loadPolicies(options.file, output);
  const policy = findPolicy(model, options);
  const at = options.at === undefined ? new Date() : new Date(options.at);
  if (Number.isNaN(at.getTime()))
    throw new TollgateError('usage', `"${options.at}" is not a time, write for example 2026-11-21T10:15:00Z`);
  const { secret, passedOver } = firstSecret(policy, options.system, sources);
  if (passedOver.length > 0)
    output.warn(
      `signed with an earlier secret of the system "${options.system}", since its current one is not at hand: ${passedOver.join('; ')}`,
    );
  const signed = signToken(policy.spec.digest, secret, {
    system: options.system,
    date: tokenDate(at, policy.spec.date),
    ...(policy.spec.replay.refuse ? { nonce: randomBytes(16).toString('hex') } : {}),
  });
  const headers = tokenHeaders(policy.spec, signed);
  output.result(headers.map(([name, value]) => `${name}: ${value}`).join('\n'), {
    headers: Object.fromEntries(headers),
  });
}

function findPolicy(model: Model, { system, policy: name }: TokenOptions): Resource<'TokenPolicy'> {
  const policies = model.of('TokenPolicy');
  const named = name === undefined ? policies.all : policies.named(name);
  const found = named.filter(({ spec }) => spec.systems.some(({ id }) => id === system));
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  if (first)
    throw new TollgateError(
      'usage',
      `several policies know the system "${system}", choose one: --policy ${found.map((policy) => policy.name).join(' or ')}`,
    );
  const known = named.flatMap(({ spec }) => spec.systems.map(({ id }) => id));
  const hint = didYouMean(system, known) || (known.length > 0 ? `, expected one of: ${known.join(', ')}` : '');
  throw new TollgateError(
    'not_found',
    `no TokenPolicy${name === undefined ? '' : ` "${name}"`} knows the system "${system}"${hint}`,
  );
}

/** The first secret that is at hand signs, as in the filter; why those before it did not. */
function firstSecret(
  policy: Resource<'TokenPolicy'>,
  id: string,
  sources: Sources,
): { secret: Buffer; passedOver: string[] } {
  const system = policy.spec.systems.find((candidate) => candidate.id === id);
  const secrets = new Secrets();
  const names = system ? secrets.variablesOf(policy, system) : [];
  const variables = new Map(locateSecrets(secrets.all(), sources).map((secret) => [secret.name, secret]));
  const problems: string[] = [];
  for (const name of names) {
    const found = secretValue(variables.get(name) ?? { name }, process.env, (path) => readFileSync(path));
    if ('value' in found) return { secret: found.value, passedOver: problems };
    problems.push(found.missing);
  }
  throw new TollgateError('secret_missing', `no secret of the system "${id}" is available`, { details: problems });
}
