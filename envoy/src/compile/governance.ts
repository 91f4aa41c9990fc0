import {
  authenticationsOf,
  keyOf,
  type Model,
  type PathReading,
  type PolicyKind,
  type Resource,
} from '@tollgate/model';
import { checkFilterConfig } from '../filter-config/check.js';
import type { FilterConfig, FilterSide, FilterTarget } from '../filter-config/index.js';
import { any, type PluginConfig } from '../types.js';
import { compileAccess } from './access.js';
import { compileBreaker } from './breaker.js';
import { unusedCallbacks } from './callbacks.js';
import { compileJwt } from './jwt.js';
import { compileRateLimit } from './ratelimit.js';
import { compileRequestAuthentications } from './request-authentication.js';
import type { Secrets } from './secrets.js';
import { compileSigner, compileVerifier } from './token.js';
import { withoutExports } from './wasm-exports.js';

/** A module, in the configuration itself or as a file beside Envoy. */
type ModuleSource = { inlineBase64: string } | { path: string };

/** The module that governs calls, and that for connections, without which there are no listeners for plain TCP. */
export type WasmModule = ModuleSource & { tcp?: ModuleSource };

/** A module that lies beside Envoy is not ours to change. */
function withoutCallbacks(wasm: ModuleSource, callbacks: ReadonlySet<string>): ModuleSource {
  if ('path' in wasm || callbacks.size === 0) return wasm;
  const module = withoutExports(Buffer.from(wasm.inlineBase64, 'base64'), callbacks);
  return { inlineBase64: Buffer.from(module).toString('base64') };
}

/**
 * All plugins of a node have it: counts are in data that Envoy shares by this name alone, so they survive a change of rules,
 * and of the module too.
 */
const vmId = 'tollgate';

/** What governs calls to one service, on one side. Policies come in order of namespace/name. */
export function compileTarget<Side extends FilterSide>(
  model: Model,
  side: Side,
  target: Resource<'Service'>,
  caller: Resource<'Service'>,
  secrets: Secrets,
): FilterTarget<Side> | undefined {
  const governing = <K extends PolicyKind>(kind: K) => model.governing(kind, target, side);
  const istio = authenticationsOf(model.of('RequestAuthentication'), target);
  const { paths } = target.spec;
  const steps: Steps = {
    access: governing('AccessPolicy').map((policy) => compileAccess(policy, paths)),
    token: governing('TokenPolicy').map((policy) =>
      side === 'provider' ? compileVerifier(policy, secrets, paths) : compileSigner(policy, caller, secrets),
    ),
    jwt: [
      ...governing('JwtPolicy').map((policy) => compileJwt(policy, secrets, paths)),
      // Istio's are for those who are called.
      ...(side === 'provider' ? compileRequestAuthentications(istio) : []),
    ],
    ratelimit: governing('RateLimitPolicy').map((policy) => compileRateLimit(policy, paths)),
    breaker: governing('CircuitBreakerPolicy').map((policy) => compileBreaker(policy, paths)),
  };
  const used = Object.entries(steps).filter(([, policies]) => policies.length > 0);
  if (used.length === 0) return undefined;
  const reading = readsEachByte(paths) ? {} : { paths };
  return { service: keyOf(target), ...reading, ...Object.fromEntries(used) } as FilterTarget<Side>;
}

const readsEachByte = ({ caseSensitive, trailingSlash }: PathReading) => caseSensitive && trailingSlash === 'exact';

/** All of them: a step that is forgotten does not compile. */
type Steps = Required<Omit<FilterTarget, 'service' | 'paths'>>;

export interface Vm {
  module: WasmModule;
  /** Those of the policies that the plugin carries. */
  secrets: Secrets;
  /** The node has no other plugin, and will have none. */
  alone: boolean;
}

/** A filter that does nothing, where there is nothing to govern. */
const nothing = any('envoy.extensions.filters.http.header_mutation.v3.HeaderMutation', {});

export function isNothing(config: { '@type'?: string }): boolean {
  return config['@type'] === nothing['@type'];
}

/**
 * The governance filter of a listener, in a VM of its own in each worker: what stops it stops no other service, and it is told
 * no other's secrets. Listeners of one service and side are configured alike, and share.
 */
export function governanceConfig(config: FilterConfig, { module, secrets, alone }: Vm): { '@type': string } {
  if (config.targets.length === 0) return nothing;
  const wasm = withoutCallbacks(module, unusedCallbacks(config.targets, alone));
  return any('envoy.extensions.filters.http.wasm.v3.Wasm', { config: plugin(config, wasm, secrets) });
}

/** The same for connections, to which rules may come later where the listener is `live`. */
export function connectionsConfig(config: FilterConfig, { module, secrets }: Vm, live: boolean): { '@type': string } {
  if (config.targets.length === 0 && !live) return nothing;
  if (!module.tcp) throw new Error('a listener for plain TCP needs the module that governs connections');
  const targets = config.targets.length > 0 ? config.targets : [{ service: config.service }];
  const governed = { ...config, targets } as FilterConfig;
  return any('envoy.extensions.filters.network.wasm.v3.Wasm', { config: plugin(governed, module.tcp, secrets) });
}

function plugin(config: FilterConfig, wasm: ModuleSource, secrets: Secrets): PluginConfig {
  const text = JSON.stringify(config);
  checkFilterConfig(text);
  const variables = secrets.all().map(({ name }) => name);
  return {
    name: 'governance',
    // A trapped VM is replaced at the next call or connection; until then they are refused, never let through.
    failure_policy: 'FAIL_RELOAD',
    reload_config: { backoff: { base_interval: '0.1s', max_interval: '1s' } },
    vm_config: {
      vm_id: vmId,
      configuration: any('google.protobuf.StringValue', { value: `${config.side} ${config.service}` }),
      runtime: 'envoy.wasm.runtime.v8',
      code: { local: 'path' in wasm ? { filename: wasm.path } : { inline_bytes: wasm.inlineBase64 } },
      ...(variables.length > 0 ? { environment_variables: { host_env_keys: variables } } : {}),
    },
    configuration: any('google.protobuf.StringValue', { value: text }),
  };
}
