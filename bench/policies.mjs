// Our side of the comparison: policies as a person writes them, compiled to Envoy's filter by the product itself, and the
// credentials that pass them.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { requestsMax } from './native.mjs';

export const issuer = 'https://issuer.example';
const key = 'a key of the bench, 32 bytes long';
export const secret = 's3cret';
export const jwks = JSON.stringify({
  keys: [{ kty: 'oct', kid: 'bench', alg: 'HS256', k: Buffer.from(key).toString('base64url') }],
});
export const jwtKey = key;

/** What the plugins may read of the environment. */
export const env = { BENCH_SECRET: secret, BENCH_JWKS: jwks };

/** `count` networks, of which none but the last holds the caller, 127.0.0.1. */
export function networks(count) {
  const others = Array.from({ length: count - 1 }, (_, i) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}/32`);
  return [...others, '127.0.0.0/8'];
}

export function jwt() {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', kid: 'bench', typ: 'JWT' })}.${encode({ iss: issuer, sub: 'orders', exp: 4102444800 })}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

const limit = (name, key, per) => ({ name, key: [key], requests: requestsMax, per });
export const policy = {
  token: ['TokenPolicy', { systems: [{ id: 'orders', secrets: [{ env: 'BENCH_SECRET' }] }] }],
  jwt: ['JwtPolicy', { providers: [{ name: 'corporate', issuer, jwks: { env: 'BENCH_JWKS' } }] }],
  access: (count) => ['AccessPolicy', { rules: [{ name: 'all', allow: networks(count) }] }],
  /** Rules that do not match, and at their end one that does. */
  accessRules: (count) => {
    const rule = (i) => ({ name: `r${i}`, match: [{ path: { exact: `/rule/${i}` } }], deny: ['192.0.2.1'] });
    return [
      'AccessPolicy',
      { rules: [...Array.from({ length: count - 1 }, (_, i) => rule(i)), { name: 'all', allow: ['127.0.0.0/8'] }] },
    ];
  },
  limit: ['RateLimitPolicy', { side: 'provider', limits: [limit('consumer', 'consumer', '1s')] }],
  limits: [
    'RateLimitPolicy',
    { side: 'provider', limits: [limit('consumer', 'consumer', '1s'), limit('service', 'service', '1m')] },
  ],
  breaker: [
    'CircuitBreakerPolicy',
    {
      side: 'provider',
      breakers: [{ name: 'all', window: '30s', trip: { consecutiveFailures: 5, failurePercent: 50 } }],
    },
  ],
};

/** The plugin that the compiler makes of these policies for one service, with the module at this path. */
export async function compiled(root, module, ...policies) {
  const { findNode } = await import(`${root}/model/dist/index.js`);
  const { checkFile, formatMistake, joinFiles } = await import(`${root}/policies/dist/index.js`);
  const { compile, inlined, inlineModule } = await import(`${root}/envoy/dist/index.js`);
  const socket = (port) => ({ address: '127.0.0.1', port });
  const node = { services: ['bench'], inbound: [{ service: 'bench', listen: socket(1), to: socket(2) }] };
  const documents = [['Service', {}], ['Node', node], ...policies].map(([kind, spec]) =>
    JSON.stringify({ apiVersion: 'tollgate.dev/v1', kind, metadata: { name: 'bench' }, spec }),
  );
  const { model, mistakes } = joinFiles([checkFile('bench.yaml', documents.join('\n---\n'))]);
  if (mistakes.length > 0) throw new Error(mistakes.slice(0, 3).map(formatMistake).join('\n'));
  const resources = compile(model, findNode(model, 'bench'), {
    version: 'bench',
    wasm: inlineModule(readFileSync(module)),
  });
  return inlined(resources).listeners[0].filter_chains[0].filters[0].typed_config.http_filters[0];
}

export async function token(root) {
  const { signToken, tokenDate } = await import(`${root}/model/dist/index.js`);
  const { system, date, digest } = signToken('hmac-sha256', secret, {
    system: 'orders',
    date: tokenDate(new Date(), 'day'),
  });
  return `${system}.${date}.${digest}`;
}
