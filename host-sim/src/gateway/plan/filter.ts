import { readFileSync } from 'node:fs';
import { type FailurePolicy, RELOAD_INTERVAL_DEFAULT_MS } from '../../vm/plugin.js';
import { readFault } from './fault.js';
import type { Fields } from './fields.js';
import type { HttpFilterPlan, WasmPlan } from './plan.js';

const WASM = 'type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm';
const ROUTER = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';
const CORS = 'type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors';
const FAULT = 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault';

/** The HTTP filters of a connection manager: Wasm plugins and those that routes configure, then the router. */
export function readFilters(manager: Fields, env: Record<string, string | undefined>): HttpFilterPlan[] {
  const filters = manager.messages('http_filters');
  const plans: HttpFilterPlan[] = [];
  const add = (named: Omit<HttpFilterPlan, 'filter'>, plan: HttpFilterPlan['filter']) =>
    plans.push({ ...named, filter: plan });
  filters.forEach((filter, index) => {
    const name = filter.text('name');
    const named = { name, off: filter.flag('disabled') };
    const config = filter.message('typed_config');
    const type = config.any('@type');
    if (type === ROUTER) {
      if (index !== filters.length - 1) filter.problem('the router must be the last filter');
      config.done();
    } else if (type === WASM) add(named, readWasm(config, env));
    else if (type === FAULT) add(named, { kind: 'fault', name, fault: readFault(config) });
    else if (type === CORS) {
      config.done();
      add(named, { kind: 'cors', name });
    } else filter.problem(`HTTP filter ${name} (${String(type)}) is not supported by the gateway`);
    if (index === filters.length - 1 && type !== ROUTER) filter.problem('the last filter must be the router');
    filter.done();
  });
  if (filters.length === 0) manager.problem('there is no router', 'http_filters');
  return plans;
}

/** A Wasm plugin, of HTTP or of a network filter. */
export function readWasm(filter: Fields, env: Record<string, string | undefined>): WasmPlan {
  const config = filter.message('config');
  const vm = config.message('vm_config');
  const code = vm.message('code');
  const local = code.message('local');
  vm.choice('runtime', ['envoy.wasm.runtime.v8'], 'envoy.wasm.runtime.v8');
  if (!code.has('local')) code.problem('only local code is supported by the gateway');
  const backoff = config.message('reload_config').message('backoff');
  // Envoy takes the base interval only, whatever the maximum says.
  backoff.ignore('max_interval');
  const policy = config.choice(
    'failure_policy',
    ['FAIL_CLOSED', 'FAIL_OPEN', 'FAIL_RELOAD', 'UNSPECIFIED'] as const,
    'UNSPECIFIED',
  );
  const failurePolicy: FailurePolicy = policy === 'UNSPECIFIED' ? 'FAIL_CLOSED' : policy;
  const plan: WasmPlan = {
    kind: 'wasm',
    wasm: readCode(local),
    plugin: {
      name: config.text('name'),
      rootId: config.text('root_id'),
      vmId: vm.text('vm_id'),
      configuration: readConfiguration(config, 'configuration'),
      vmConfiguration: readConfiguration(vm, 'configuration'),
      environment: readEnvironment(vm, env),
      allowedCapabilities: readCapabilities(vm, config),
      failurePolicy,
      allowOnHeadersStopIteration: config.flag('allow_on_headers_stop_iteration'),
      reloadIntervalMs: backoff.durationMs('base_interval', RELOAD_INTERVAL_DEFAULT_MS),
    },
  };
  for (const part of [backoff, local, code, vm, config, filter]) part.done();
  return plan;
}

/** The VM's restriction, or the plugin's older one where the VM has none. */
function readCapabilities(vm: Fields, config: Fields): ReadonlySet<string> {
  const [own, older] = [vm, config].map((fields) => {
    const restriction = fields.message('capability_restriction_config');
    const allowed = Object.keys((restriction.any('allowed_capabilities') ?? {}) as object);
    restriction.done();
    return allowed;
  });
  return new Set(vm.has('capability_restriction_config') ? own : older);
}

function readCode(local: Fields): Uint8Array {
  if (local.has('inline_bytes')) return Buffer.from(local.text('inline_bytes'), 'base64');
  const filename = local.text('filename');
  try {
    return readFileSync(filename);
  } catch (cause) {
    local.problem(`cannot be read: ${(cause as Error).message}`, 'filename');
    return new Uint8Array(0);
  }
}

/** A packed message: strings and bytes arrive as they are, a Struct as JSON. */
function readConfiguration(fields: Fields, name: string): Uint8Array {
  if (!fields.has(name)) return new Uint8Array(0);
  const any = fields.message(name);
  const type = String(any.any('@type')).split('/').pop();
  const value = any.any('value');
  if (type === 'google.protobuf.StringValue') return Buffer.from(String(value ?? ''));
  if (type === 'google.protobuf.BytesValue') return Buffer.from(String(value ?? ''), 'base64');
  if (type === 'google.protobuf.Struct') return Buffer.from(JSON.stringify(value ?? {}));
  any.problem(`${type} is not supported by the gateway`);
  return new Uint8Array(0);
}

function readEnvironment(vm: Fields, env: Record<string, string | undefined>): Map<string, string> {
  const fields = vm.message('environment_variables');
  const granted = new Map<string, string>();
  // A granted variable that is not set is simply not there, as in Envoy.
  for (const key of fields.list('host_env_keys').map(String)) {
    const value = env[key];
    if (value !== undefined) granted.set(key, value);
  }
  for (const [key, value] of Object.entries((fields.any('key_values') ?? {}) as Record<string, unknown>))
    granted.set(key, String(value));
  fields.done();
  return granted;
}
