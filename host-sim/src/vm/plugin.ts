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
  failurePolicy: FailurePolicy;
  /** A filter that answers StopIteration to headers still gets the body. Off, as in Envoy, it gets nothing until it goes on. */
  allowOnHeadersStopIteration: boolean;
  /** FAIL_RELOAD: a VM that trapped is made anew when this long has passed since its last start. */
  reloadIntervalMs: number;
}

/**
 * Envoy draws the interval between the base and 1.5 times the base each time it asks. The simulator takes the upper end:
 * what answers here after it has passed answers there too.
 */
export const RELOAD_JITTER_FACTOR = 1.5;
export const RELOAD_INTERVAL_DEFAULT_MS = 1000;
