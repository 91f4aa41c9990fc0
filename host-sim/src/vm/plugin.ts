export type FailurePolicy = 'FAIL_CLOSED' | 'FAIL_OPEN' | 'FAIL_RELOAD';

/** One configured filter: what Envoy calls PluginConfig, without the code. */
export interface Plugin {
  name: string;
  rootId: string;
  vmId: string;
  configuration: Uint8Array;
  vmConfiguration: Uint8Array;
  /** The variables granted to the VM, by name and value. */
  environment: ReadonlyMap<string, string>;
  /** The only callbacks and host functions of its VM, by name; undefined or empty: all. */
  allowedCapabilities?: ReadonlySet<string> | undefined;
  failurePolicy: FailurePolicy;
  /** A filter that answers StopIteration to headers still gets the body. Off, as in Envoy, it gets nothing until it goes on. */
  allowOnHeadersStopIteration: boolean;
  /** FAIL_RELOAD: a VM that trapped is made anew when this long has passed since its last start. */
  reloadIntervalMs: number;
}

/** Envoy draws the interval between the base and this much more of it, each time it asks. */
export const RELOAD_JITTER = 0.5;
export const RELOAD_INTERVAL_DEFAULT_MS = 1000;
