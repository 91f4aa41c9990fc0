import { z } from 'zod';
import type { Collection } from '../collection.js';
import { checkTargets, isFor, istioTargets, oneTarget, oneTargetMessage, targetReferences } from '../istio-targets.js';
import { kind, type NamedCode, type NamedVariable } from '../kind.js';
import { type Mistake, mistake } from '../mistake.js';
import type { ResourceOf } from '../resource.js';
import { port } from '../scalars.js';
import { later, laterField, object, oneOf, unique, written } from '../schema.js';
import { type ServiceResource, service } from '../service.js';
import { moduleUrl, type PluginCode, pluginCode } from './module-url.js';
import { jsonObject } from './plugin-config.js';

// Istio's own schema, as far as this build does what it says: https://istio.io/latest/docs/reference/config/proxy_extensions/wasm-plugin/

const sha256 = z
  .string(written('the SHA-256 of the module, 64 hexadecimal digits'))
  .regex(/^([0-9a-f]{64})?$/, 'is not a SHA-256, write 64 lower-case hexadecimal digits, as sha256sum prints them');

const variable = object({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,255}$/, {
    error: () => 'is not the name of an environment variable, write for example LOG_FORMAT',
  }),
  valueFrom: oneOf('INLINE', 'HOST').default('INLINE'),
  value: z
    .string()
    .max(2048)
    .refine((text) => !text.includes('\0'), 'contains a zero byte, which an environment variable cannot hold')
    .optional(),
}).superRefine(({ name, valueFrom, value }, context) => {
  const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (valueFrom === 'HOST' && value !== undefined)
    refuse('value', 'is only for valueFrom: INLINE; a variable of the host has its value there');
  if (valueFrom === 'HOST' && name.startsWith('TOLLGATE_'))
    refuse('name', 'is a variable of Tollgate itself, which may hold a secret of a policy: a plugin may not read it');
});

const selected = object({
  mode: oneOf('UNDEFINED', 'CLIENT', 'SERVER', 'CLIENT_AND_SERVER').default('CLIENT_AND_SERVER'),
  ports: unique(z.array(object({ number: port })), 'number', ({ number }) => String(number)).default([]),
});

const type = later(oneOf('UNSPECIFIED_PLUGIN_TYPE', 'HTTP', 'NETWORK'), (word) =>
  word === 'NETWORK' ? 'a plugin on connections (type: NETWORK; write one for HTTP, with type: HTTP)' : undefined,
);

const int32Max = 2 ** 31 - 1;

const spec = object({
  ...istioTargets,
  url: moduleUrl,
  sha256: sha256.optional(),
  imagePullPolicy: laterField('imagePullPolicy (of OCI images; a module is fetched once and known by its sha256)'),
  imagePullSecret: laterField('imagePullSecret (of OCI images; a module is fetched without credentials)'),
  verificationKey: laterField('verificationKey (write sha256 instead)'),
  /** What the plugin reads as its configuration: this object as JSON. */
  pluginConfig: jsonObject.optional(),
  /** Which plugin of a module with several: Envoy's `root_id`. */
  pluginName: z.string().min(1).max(256).optional(),
  phase: oneOf('UNSPECIFIED_PHASE', 'AUTHN', 'AUTHZ', 'STATS').default('UNSPECIFIED_PHASE'),
  priority: z
    .int()
    .min(-int32Max - 1)
    .max(int32Max)
    .default(0),
  failStrategy: oneOf('FAIL_CLOSE', 'FAIL_OPEN', 'FAIL_RELOAD').default('FAIL_CLOSE'),
  vmConfig: object({ env: unique(z.array(variable).max(256), 'name', ({ name }) => name).default([]) }).prefault({}),
  match: z.array(selected).default([]),
  type: type.default('HTTP'),
})
  .refine(oneTarget, oneTargetMessage)
  .superRefine(({ url, sha256 }, context) => {
    if (!sha256 && 'uri' in pluginCode(url))
      context.addIssue({
        code: 'custom',
        path: ['sha256'],
        message: 'is required for a module that is fetched, write what sha256sum prints for it',
      });
  })
  .transform(({ url, sha256, ...rest }) => {
    const code = { ...pluginCode(url), ...(sha256 ? { sha256 } : {}) } as PluginCode;
    return { ...rest, code };
  });
type Plugin = ResourceOf<'WasmPlugin', z.output<typeof spec>>;

/** Istio's WasmPlugin: a filter of the user's own, on the proxies of the services that it selects. */
export const wasmPlugin = kind({
  kind: 'WasmPlugin',
  apiVersions: ['extensions.istio.io/v1alpha1'],
  spec,
  references: (plugin) => targetReferences(plugin),
  code: (plugin) => codeFile(plugin),
  variables: (plugin) => hostVariables(plugin),
  check: (plugins, lookup) => [...checkTargets(plugins.all, lookup.of(service)), ...plugins.all.flatMap(neverCalled)],
});

function codeFile({ spec: { code } }: Plugin): NamedCode[] {
  return 'file' in code ? [{ path: ['spec', 'url'], ...code }] : [];
}

function hostVariables({ spec: { vmConfig } }: Plugin): NamedVariable[] {
  return vmConfig.env.flatMap(({ name, valueFrom }, index) =>
    valueFrom === 'HOST' ? [{ path: ['spec', 'vmConfig', 'env', index, 'name'], name }] : [],
  );
}

/** A service that is named by `targetRefs` is one that is called. */
function neverCalled(plugin: Plugin): Mistake[] {
  const { targetRefs, match } = plugin.spec;
  if (!targetRefs || match.length === 0 || match.some(({ mode }) => mode !== 'CLIENT')) return [];
  const message =
    'CLIENT never fits: with targetRefs a plugin sees the calls to a service; write a selector for the calls that it makes';
  return [mistake(plugin, ['spec', 'match', 0, 'mode'], message)];
}

const phases = ['AUTHN', 'AUTHZ', 'STATS', 'UNSPECIFIED_PHASE'];

/** The plugins of a service's workload, each phase after the other, and in a phase by descending priority, then by name. */
export function pluginsOf<P extends Plugin>(
  plugins: Collection<P>,
  service: Pick<ServiceResource, 'namespace' | 'name' | 'labels'>,
): P[] {
  const order = (a: P, b: P) =>
    phases.indexOf(a.spec.phase) - phases.indexOf(b.spec.phase) ||
    b.spec.priority - a.spec.priority ||
    compare(a.name, b.name) ||
    compare(a.namespace, b.namespace);
  return plugins.all.filter((plugin) => isFor(plugin, service)).sort(order);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Which calls a plugin sees, on the side of those who call (CLIENT) or are called (SERVER): those of some ports, all or none.
 */
export function portsOf({ spec: { match, targetRefs } }: Plugin, side: 'CLIENT' | 'SERVER'): number[] | 'all' | 'none' {
  if (targetRefs && side === 'CLIENT') return 'none';
  if (match.length === 0) return 'all';
  const other = side === 'CLIENT' ? 'SERVER' : 'CLIENT';
  const fitting = match.filter(({ mode }) => mode !== other);
  if (fitting.length === 0) return 'none';
  if (fitting.some(({ ports }) => ports.length === 0)) return 'all';
  return [...new Set(fitting.flatMap(({ ports }) => ports.map(({ number }) => number)))];
}
