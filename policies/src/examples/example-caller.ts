import { createHmac, randomBytes } from 'node:crypto';
import { descriptorOf, type Policy, type Resource, signToken, tokenDate, tokenHeaders } from '@tollgate/model';

/** Any moment will do; a fixed one makes an example mean the same every day. */
export const exampleTime = new Date('2026-01-01T12:00:00Z');
/** Examples never need the real secrets. */
export const exampleSecret = 'example-secret';
const exampleKey = Buffer.alloc(64, exampleSecret);
/** Nor the real keys: this one signs the subjects of examples, and no other token. */
export const exampleKeySet = JSON.stringify({ keys: [{ kty: 'oct', k: exampleKey.toString('base64url') }] });

const exampleHeader = 'x-tollgate-example';
/** Who issues the token of `jwt:<subject>`: no provider that a policy could name, since the example means any. */
const anyProvider = '*';

/** What makes a call an example's consumer's. */
export interface ExampleCaller {
  /** A policy that proves who it is, beside the one whose example it is. */
  proof?: Policy;
  /** Credentials; another one each time, as a policy may refuse what it has seen. */
  headers(): [name: string, value: string][];
  properties?: Record<string, string>;
}

/** The caller, or what is wrong with it. */
export function exampleCaller(
  policy: Policy,
  side: 'provider' | 'consumer',
  consumer: string | undefined,
): ExampleCaller | string {
  if (consumer === undefined) return { headers: () => [] };
  if (side === 'consumer') {
    if (!consumer.includes(':')) return { headers: () => [] };
    return `calls as "${consumer}", but on the consumer’s side the caller is a service: write the name of one`;
  }
  if (consumer.startsWith('spiffe://'))
    return { headers: () => [], properties: { 'connection.uri_san_peer_certificate': consumer } };
  if (policy.kind === 'JwtPolicy')
    return 'has a consumer, but examples cannot sign a JWT: leave consumer out, or write a token in `headers`';
  if (policy.kind !== 'TokenPolicy' && consumer.startsWith('jwt:')) return subject(policy, consumer.slice(4));
  const proof = systemPolicy(policy, consumer);
  if (!proof) return `the consumer "${consumer}" is not one of this policy's systems`;
  return { proof, headers: () => systemToken(proof, consumer) };
}

/** A token policy verifies its own systems; every other kind gets a token policy that only tells who is calling. */
function systemPolicy(policy: Policy, system: string): Resource<'TokenPolicy'> | undefined {
  if (policy.kind === 'TokenPolicy') return policy.spec.systems.some(({ id }) => id === system) ? policy : undefined;
  const spec = descriptorOf('TokenPolicy').spec.parse({
    targetRefs: policy.spec.targetRefs,
    header: exampleHeader,
    systems: [{ id: system, secrets: [{ env: 'TOLLGATE_EXAMPLE' }] }],
    rules: [{ name: 'default', require: 'none' }],
  });
  return { ...policy, kind: 'TokenPolicy', spec };
}

function systemToken({ spec }: Resource<'TokenPolicy'>, system: string): [string, string][] {
  const nonce = spec.replay.refuse ? { nonce: randomBytes(16).toString('hex') } : {};
  const token = signToken(spec.digest, exampleSecret, { system, date: tokenDate(exampleTime, spec.date), ...nonce });
  return tokenHeaders(spec, token);
}

/** `<subject>` or `<provider>/<subject>`, proved by a JWT policy that only tells who is calling. */
function subject(policy: Policy, written: string): ExampleCaller {
  const slash = written.indexOf('/');
  const name = slash < 0 ? anyProvider : written.slice(0, slash);
  const issuer = 'example';
  const { providers, ...spec } = descriptorOf('JwtPolicy').spec.parse({
    targetRefs: policy.spec.targetRefs,
    providers: [{ name: issuer, issuer, jwks: { env: 'TOLLGATE_EXAMPLE' }, from: [{ header: exampleHeader }] }],
    rules: [{ name: 'default', require: 'none' }],
  });
  const named = { ...spec, providers: providers.map((provider) => ({ ...provider, name })) };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const exp = exampleTime.getTime() / 1000 + 60;
  const signed = `${encode({ alg: 'HS256' })}.${encode({ iss: issuer, sub: written.slice(slash + 1), exp })}`;
  const token = `${signed}.${createHmac('sha256', exampleKey).update(signed).digest('base64url')}`;
  return { proof: { ...policy, kind: 'JwtPolicy', spec: named }, headers: () => [[exampleHeader, token]] };
}
