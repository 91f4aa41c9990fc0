import { compileTarget, type FilterConfig, governanceModule, Secrets } from '@tollgate/envoy';
import { Host, ManualClock } from '@tollgate/host-sim';
import type { Example, Model, Policy, Resource } from '@tollgate/model';
import { exampleCaller, exampleKeySet, exampleSecret, exampleTime } from './example-caller.js';

/** What goes against an example that a policy carries, in the simulator, on the same `.wasm` that Envoy runs. */
export async function runExample(
  model: Model,
  policy: Policy,
  { request, expect }: Example,
): Promise<string | undefined> {
  const side = policy.spec.side === 'consumer' ? 'consumer' : 'provider';
  const target = targetOf(model, policy);
  const caller = exampleCaller(policy, side, request.consumer);
  if (typeof caller === 'string') return caller;
  const secrets = new Secrets();
  const from = { ...target, name: side === 'consumer' ? (request.consumer ?? target.name) : target.name };
  const filterTarget = compileTarget(onlyPolicy(model, policy, caller.proof), side, target, from, secrets);
  if (!filterTarget) return undefined;
  const config = { side, service: from.name, trustedHops: 0, targets: [filterTarget] } as FilterConfig;
  const host = await Host.load(governanceModule(), {
    config,
    env: Object.fromEntries(
      secrets.all().map(({ name, holds }) => [name, holds === 'jwks' ? exampleKeySet : exampleSecret]),
    ),
    clock: new ManualClock(exampleTime),
    properties: { 'xds.virtual_host_name': filterTarget.service, ...caller.properties },
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
      headers: [...headers, ...caller.headers()],
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
  return `the example fails: expected ${[expect.verdict, expect.reason, expect.rule].filter(Boolean).join(' ')}, got ${answer}`;
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

/** The policy alone, enforced, with whatever proves who calls. */
function onlyPolicy(model: Model, policy: Policy, proof: Policy | undefined): Model {
  const enforced = { ...policy, spec: { ...policy.spec, mode: 'enforce' } } as Policy;
  return model.withPolicies(proof && proof !== policy ? [enforced, proof] : [enforced]);
}
