import { randomBytes } from 'node:crypto';
import { compileTarget, type FilterConfig, governanceModulePath, Secrets } from '@tollgate/envoy';
import { Host, ManualClock } from '@tollgate/host-sim';
import {
  descriptorOf,
  type Example,
  type Model,
  type Policy,
  type Resource,
  signToken,
  tokenDate,
  tokenHeaders,
} from '@tollgate/model';

/** Any moment will do; a fixed one makes an example mean the same every day. */
const exampleTime = new Date('2026-01-01T12:00:00Z');
/** Examples never need the real secrets. */
const exampleSecret = 'example-secret';
/** Nor the real keys: no token is signed with this one. */
const exampleKeySet = JSON.stringify({
  keys: [{ kty: 'oct', k: Buffer.alloc(64, exampleSecret).toString('base64url') }],
});

/** What goes against an example that a policy carries, in the simulator, on the same `.wasm` that Envoy runs. */
export async function runExample(
  model: Model,
  policy: Policy,
  { request, expect }: Example,
): Promise<string | undefined> {
  const side = policy.spec.side === 'consumer' ? 'consumer' : 'provider';
  if (policy.kind === 'JwtPolicy' && request.consumer !== undefined)
    return 'names a consumer, but nobody here can sign as an issuer: write a token in `headers`, or none';
  const target = targetOf(model, policy);
  const identity =
    request.consumer === undefined || side === 'consumer' ? undefined : identityPolicy(policy, request.consumer);
  if (identity === 'unknown') return `the consumer "${request.consumer}" is none of this policy's systems`;
  const secrets = new Secrets();
  const caller = { ...target, name: request.consumer ?? target.name };
  const filterTarget = compileTarget(onlyPolicy(model, policy, identity), side, target, caller, secrets);
  if (!filterTarget) return undefined;
  const config: FilterConfig = { side, service: caller.name, trustedHops: 0, targets: [filterTarget] };
  const host = await Host.load(governanceModulePath(), {
    config,
    env: Object.fromEntries(
      secrets.all().map(({ name, holds }) => [name, holds === 'jwks' ? exampleKeySet : exampleSecret]),
    ),
    clock: new ManualClock(exampleTime),
    properties: { 'xds.virtual_host_name': filterTarget.service },
  });
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    [value].flat().map((item): [string, string] => [name, item]),
  );
  const peer = request.address.includes(':') ? `[${request.address}]:40000` : `${request.address}:40000`;
  let answer = '';
  for (let count = 0; count < request.times; count++) {
    const response = await host.request({
      method: request.method,
      path: request.path,
      authority: request.host ?? target.name,
      // A token of its own each time: a policy may refuse one that it has seen.
      headers: identity ? [...headers, ...exampleToken(identity, request.consumer ?? '')] : headers,
      peer,
    });
    answer = describeAnswer(response.localReply ? response : undefined);
  }
  return verdictProblem(expect, answer);
}

interface Refusal {
  header(name: string): string | undefined;
  body: string;
}

/** `allowed`, or `denied <reason> <rule>`. */
function describeAnswer(refusal: Refusal | undefined): string {
  if (!refusal) return 'allowed';
  return `denied ${refusal.header('x-tollgate-reason') ?? 'without a reason'} ${ruleIn(refusal.body)}`.trimEnd();
}

/** A breaker's fallback has a body of the policy's own, which names no rule and need not be JSON. */
function ruleIn(body: string): string {
  try {
    return (JSON.parse(body) as { rule?: string } | null)?.rule ?? '';
  } catch {
    return '';
  }
}

function verdictProblem(expect: Example['expect'], answer: string): string | undefined {
  const [verdict, reason, rule] = answer.split(' ');
  const agrees =
    verdict === expect.verdict &&
    (expect.reason === undefined || expect.reason === reason) &&
    (expect.rule === undefined || expect.rule === rule);
  if (agrees) return undefined;
  return `is red: expected ${[expect.verdict, expect.reason, expect.rule].filter(Boolean).join(' ')}, the filter says ${answer}`;
}

function targetOf(model: Model, policy: Policy): Resource<'Service'> {
  const [reference] = policy.spec.targetRefs ?? [];
  const services = model.of('Service');
  const found = reference
    ? services.get(reference.namespace ?? policy.namespace, reference.name)
    : services.inNamespace(policy.namespace)[0];
  if (!found) throw new Error(`the policy ${policy.name} governs nothing, which a checked model never has`);
  return found;
}

/** The policy alone, enforced, with whatever gives its calls an identity. */
function onlyPolicy(model: Model, policy: Policy, identity: Resource<'TokenPolicy'> | undefined): Model {
  const enforced = { ...policy, spec: { ...policy.spec, mode: 'enforce' } } as Policy;
  return model.withPolicies(identity && identity !== policy ? [enforced, identity] : [enforced]);
}

/** A token policy verifies its own systems; every other kind gets a token policy that only tells who is calling. */
function identityPolicy(policy: Policy, consumer: string): Resource<'TokenPolicy'> | 'unknown' {
  if (policy.kind === 'TokenPolicy') {
    return policy.spec.systems.some(({ id }) => id === consumer) ? policy : 'unknown';
  }
  const spec = descriptorOf('TokenPolicy').spec.parse({
    targetRefs: policy.spec.targetRefs,
    header: 'x-tollgate-example',
    systems: [{ id: consumer, secrets: [{ env: 'TOLLGATE_EXAMPLE' }] }],
    rules: [{ name: 'default', require: 'none' }],
  });
  return { ...policy, kind: 'TokenPolicy', spec };
}

function exampleToken({ spec }: Resource<'TokenPolicy'>, system: string): [string, string][] {
  const nonce = spec.replay.refuse ? { nonce: randomBytes(16).toString('hex') } : {};
  const token = signToken(spec.digest, exampleSecret, { system, date: tokenDate(exampleTime, spec.date), ...nonce });
  return tokenHeaders(spec, token);
}
