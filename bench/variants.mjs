// Each listener that the bench loads: what filters it has, and with what credentials it is asked.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workFolder } from '../tools/program.mjs';
import { jwtAuthn, localRateLimit, rbacHeader, rbacNetworks, requestsMax, wasmPlugin } from './native.mjs';
import { compiled, env, issuer, jwks, jwt, jwtKey, networks, policy, secret, token } from './policies.mjs';

/** Access list of the whole chain. */
const networksOfChain = 100;
const many = 100_000;
export const atBefore = '@before';

/**
 * Our filter as it is for credentials that it never saw: each is proved and kept, and none is ever found. A load of ever other
 * tokens would say the same of the filter, and more of the tool that makes the load.
 */
async function withoutMemory(root) {
  const { entry, moduleOptions, shippedFilter } = await import(`${root}/tools/build-filters.mjs`);
  const cache = 'filters/credential-cache/cache.ts';
  const source = readFileSync(`${root}/${cache}`, 'utf8');
  const found = 'return changetype<Slot>(slot).value;';
  if (!source.includes(found)) throw new Error(`${cache} finds credentials otherwise`);
  const overlay = { [cache]: source.replace(found, 'return 0;') };
  const folder = workFolder('tollgate-bench-');
  const path = join(folder, 'governance.wasm');
  writeFileSync(path, await shippedFilter(entry, moduleOptions('governance'), overlay));
  return path;
}

function once(make) {
  let made;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * Those of these names, built now; `rows.mjs` lays them beside each other. A name that ends in `@before` is the same variant with
 * the module of an earlier build, at the path `before`.
 */
export async function variants(root, names, before) {
  const { modulePath } = await import('@tollgate/filters');
  const now = await variantsWith(root, modulePath('governance'), names, '');
  return before === undefined ? now : [...now, ...(await variantsWith(root, before, names, atBefore))];
}

/** Those whose name with the suffix is asked for. */
async function variantsWith(root, governance, names, suffix) {
  const foreign = (name) => readFileSync(`${root}/tests/foreign/built/${name}`);
  const sdk = async (name) => {
    const { shippedFilter } = await import(`${root}/tools/build-filters.mjs`);
    return Buffer.from(await shippedFilter(`bench/filters/${name}.ts`, ['--outFile', `${name}.wasm`]));
  };
  const ours = (...policies) => compiled(root, governance, ...policies);
  const forgetful = once(() => withoutMemory(root));
  const proving = async (...policies) => compiled(root, await forgetful(), ...policies);
  const rust = (configuration) => wasmPlugin('rust', foreign('rust-governance.wasm'), JSON.stringify(configuration));
  const tokenText = await token(root);
  const withToken = { 'x-tollgate-token': tokenText };
  const withJwt = { authorization: `Bearer ${jwt()}` };
  const wrong = { 'x-tollgate-token': `${tokenText.slice(0, -1)}${tokenText.endsWith('0') ? '1' : '0'}` };
  const chain = (cached) => [
    jwtAuthn({ issuer, jwks, cached }),
    rbacNetworks(networks(networksOfChain)),
    localRateLimit('a'),
    localRateLimit('b'),
  ];
  const rustChain = {
    policy: 'chain',
    secret: jwtKey,
    issuer,
    networks: networks(networksOfChain),
    requests: requestsMax,
  };
  const header = rbacHeader('x-tollgate-token', tokenText);
  const all = {
    'rbac-header': async () => ({ filters: [header], headers: withToken }),
    'local-ratelimit': async () => ({ filters: [localRateLimit()], headers: withToken }),
    'p1-native': async () => ({ filters: [header, localRateLimit()], headers: withToken }),
    'p1-ours': async () => ({ filters: [await ours(policy.token, policy.limit)], headers: withToken }),
    'p1-sdk': async () => ({
      filters: [wasmPlugin('p1-sdk', await sdk('token-and-limit'), tokenText)],
      headers: withToken,
    }),
    'p1-rust': async () => ({
      filters: [rust({ policy: 'token', secret, requests: requestsMax })],
      headers: withToken,
    }),
    token: async () => ({ filters: [await ours(policy.token)], headers: withToken }),
    limit: async () => ({ filters: [await ours(policy.limit)], headers: withToken }),
    'empty-raw': async () => ({ filters: [wasmPlugin('raw', foreign('wat-one-callback.wasm'))], headers: withToken }),
    'empty-sdk': async () => ({ filters: [wasmPlugin('sdk', await sdk('empty'))], headers: withToken }),
    'empty-rust': async () => ({ filters: [rust({ policy: 'empty' })], headers: withToken }),
    'chain-native': async () => ({ filters: chain(false), headers: withJwt }),
    'chain-native-cached': async () => ({ filters: chain(true), headers: withJwt }),
    'chain-ours': async () => ({
      filters: [await ours(policy.jwt, policy.access(networksOfChain), policy.limits, policy.breaker)],
      headers: withJwt,
    }),
    'chain-proved': async () => ({
      filters: [await proving(policy.jwt, policy.access(networksOfChain), policy.limits, policy.breaker)],
      headers: withJwt,
    }),
    'chain-rust': async () => ({ filters: [rust(rustChain)], headers: withJwt }),
    jwt: async () => ({ filters: [await ours(policy.jwt)], headers: withJwt }),
    'jwt-proved': async () => ({ filters: [await proving(policy.jwt)], headers: withJwt }),
    'jwt-native-cached': async () => ({ filters: [jwtAuthn({ issuer, jwks, cached: true })], headers: withJwt }),
    'jwt-native': async () => ({ filters: [jwtAuthn({ issuer, jwks })], headers: withJwt }),
    access: async () => ({ filters: [await ours(policy.access(networksOfChain))], headers: withJwt }),
    breaker: async () => ({ filters: [await ours(policy.breaker)], headers: withJwt }),
    'refusal-native': async () => ({ filters: [header], headers: wrong, status: 403 }),
    'refusal-ours': async () => ({ filters: [await ours(policy.token)], headers: wrong, status: 401 }),
    'networks-10': async () => ({ filters: [await ours(policy.access(10))], headers: withToken }),
    [`networks-${many}`]: async () => ({ filters: [await ours(policy.access(many))], headers: withToken }),
    'rules-10': async () => ({ filters: [await ours(policy.accessRules(10))], headers: withToken }),
    [`rules-${many}`]: async () => ({ filters: [await ours(policy.accessRules(many))], headers: withToken }),
  };
  const variables = Object.keys(env);
  const wanted = Object.entries(all).filter(([name]) => names.has(`${name}${suffix}`));
  const made = [];
  // One after the other: the compiler runs once at a time.
  for (const [plain, make] of wanted) {
    const name = `${plain}${suffix}`;
    const { filters, headers, status = 200 } = await make();
    made.push({ name, headers, status, filters: filters.map((filter) => alone(name, filter, variables)) });
  }
  return made;
}

/** Compiled plugins share a VM in the product; here each has one of its own, with what all of them need. */
function alone(name, filter, variables) {
  const config = filter.typed_config.config;
  if (config?.name !== 'governance') return filter;
  const vm = { ...config.vm_config, vm_id: name, environment_variables: { host_env_keys: variables } };
  return { ...filter, typed_config: { ...filter.typed_config, config: { ...config, vm_config: vm } } };
}
