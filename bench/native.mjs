// Envoy's own filters for the policies that ours are measured with.

const type = (name) => `type.googleapis.com/envoy.extensions.filters.http.${name}`;
const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
/** So many that nobody is ever refused: a refusal costs otherwise than a pass. */
export const requestsMax = 4294967295;

/** RBAC that lets in who has exactly this value in a header: the nearest to a token that Envoy has without an own server. */
export function rbacHeader(name, value) {
  return rbac([{ header: { name, string_match: { exact: value } } }]);
}

/** RBAC with a principal for each network, as control planes write it. */
export function rbacNetworks(networks) {
  return rbac(
    networks.map((network) => {
      const [address_prefix, prefix_len] = network.split('/');
      return { direct_remote_ip: { address_prefix, prefix_len: Number(prefix_len) } };
    }),
  );
}

function rbac(principals) {
  const rules = { action: 'ALLOW', policies: { all: { permissions: [{ any: true }], principals } } };
  return { name: 'rbac', typed_config: { '@type': type('rbac.v3.RBAC'), rules } };
}

export function localRateLimit(stat_prefix = 'limit') {
  return {
    name: stat_prefix,
    typed_config: {
      '@type': type('local_ratelimit.v3.LocalRateLimit'),
      stat_prefix,
      token_bucket: { max_tokens: requestsMax, tokens_per_fill: requestsMax, fill_interval: '1s' },
      filter_enabled: always,
      filter_enforced: always,
    },
  };
}

export function jwtAuthn({ issuer, jwks, cached }) {
  const provider = {
    issuer,
    local_jwks: { inline_string: jwks },
    forward: true,
    ...(cached ? { jwt_cache_config: { jwt_cache_size: 100 } } : {}),
  };
  const rules = [{ match: { prefix: '/' }, requires: { provider_name: 'corporate' } }];
  return {
    name: 'jwt',
    typed_config: { '@type': type('jwt_authn.v3.JwtAuthentication'), providers: { corporate: provider }, rules },
  };
}

/** A module as a plugin of its own, in a VM of its own. */
export function wasmPlugin(name, module, configuration = '', env = []) {
  return {
    name,
    typed_config: {
      '@type': type('wasm.v3.Wasm'),
      config: {
        name,
        failure_policy: 'FAIL_RELOAD',
        vm_config: {
          vm_id: name,
          runtime: 'envoy.wasm.runtime.v8',
          code: { local: { inline_bytes: module.toString('base64') } },
          ...(env.length > 0 ? { environment_variables: { host_env_keys: env } } : {}),
        },
        configuration: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: configuration },
      },
    },
  };
}
