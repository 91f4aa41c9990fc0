import { BlockList } from 'node:net';
import type { ConnectionManagerOptions } from '../http/connection-manager.js';
import { type Clock, parseDurationMs } from '../process/clock.js';
import type { LogLevel } from '../process/log.js';
import { type FailurePolicy, type Plugin, RELOAD_INTERVAL_DEFAULT_MS } from '../vm/plugin.js';
import type { PropertyValue } from './property-overrides.js';

export interface PluginOptions {
  /** The plugin's configuration: text, bytes, or anything else as JSON. */
  config?: unknown;
  name?: string;
  rootId?: string;
  failurePolicy?: FailurePolicy;
  /** The backoff's base interval under FAIL_RELOAD. */
  reloadInterval?: string | number;
  /** StopIteration on headers still lets the body callbacks come. Default false, as Envoy. */
  allowOnHeadersStopIteration?: boolean;
}

export interface HostOptions extends PluginOptions {
  /** What random_get, reload backoffs, `worker: 'any'` and `cut` draw from; the same seed gives the same run. Default 1. */
  seed?: number;
  /** Variables that the VM is granted. */
  env?: Record<string, string>;
  clock?: Clock;
  /** Worker threads, each with a VM of its own; the main thread has one besides. Default 1. */
  workers?: number;
  vmId?: string;
  vmConfig?: unknown;
  /** The only callbacks and host functions that the VM has, by name (`proxy_log`); all where left out or empty. */
  allowedCapabilities?: readonly string[];
  /** Default `info`, as Envoy. */
  logLevel?: LogLevel;
  /** Properties of every request, by path with dots: `{'xds.virtual_host_name': 'default/vendors'}`. */
  properties?: Record<string, PropertyValue>;
  /** How writes of shared data are numbered: all together, as Envoy does (the default), or each key's apart. */
  casNumbers?: 'together' | 'by-key';
  /** More plugins of the same module and VM, behind the first in the chain. */
  plugins?: PluginOptions[];
  /** Bytes that filters may hold back of one body. Default 1 MiB, as Envoy. */
  bufferLimitBytes?: number;
  /**
   * What is kept of the talk between host and filter: by default each stream's, in its response; `true` also all of the
   * host's (starts, ticks, canary …), in `sim.conversation`; `false` nothing, for speed.
   */
  trace?: boolean;
  /**
   * Steps (heads of loops and functions) that one callback may take before it counts as one that never ends; 0 lets it run
   * for ever. Default 500 million, a second or two.
   */
  stepsMax?: number;
  /** The connection manager's settings; by default the peer's address is used and paths are left as they are. */
  connection?: Partial<ConnectionManagerOptions>;
}

/** Documentation addresses (RFC 5737): they cannot be anybody's. */
const LOCAL_ADDRESS = '192.0.2.1';

/** A connection manager that leaves paths as they are and believes nobody. */
export const connectionOptions = (changed: HostOptions['connection']): ConnectionManagerOptions => ({
  useRemoteAddress: true,
  skipXffAppend: false,
  preserveExternalRequestId: true,
  normalizePath: false,
  mergeSlashes: false,
  stripTrailingHostDot: false,
  escapedSlashes: 'KEEP_UNCHANGED',
  internal: new BlockList(),
  serverName: 'envoy',
  localAddress: LOCAL_ADDRESS,
  ...changed,
});

export const configurationBytes = (value: unknown): Uint8Array => {
  if (value === undefined) return new Uint8Array(0);
  if (value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
};

/** A plugin of a host, the one at `index` of its chain; what its own options leave out is the host's. */
export function pluginOf(host: HostOptions, options: PluginOptions, index: number, vmId: string): Plugin {
  return {
    name: options.name ?? (index === 0 ? 'plugin' : `plugin-${index + 1}`),
    rootId: options.rootId ?? '',
    vmId,
    configuration: configurationBytes(options.config),
    vmConfiguration: configurationBytes(host.vmConfig),
    environment: new Map(Object.entries(host.env ?? {})),
    allowedCapabilities: host.allowedCapabilities && new Set(host.allowedCapabilities),
    failurePolicy: options.failurePolicy ?? host.failurePolicy ?? 'FAIL_CLOSED',
    allowOnHeadersStopIteration: options.allowOnHeadersStopIteration ?? host.allowOnHeadersStopIteration ?? false,
    reloadIntervalMs: parseDurationMs(options.reloadInterval ?? host.reloadInterval ?? RELOAD_INTERVAL_DEFAULT_MS),
  };
}
