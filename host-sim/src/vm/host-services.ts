import type { Trace } from '../http/trace.js';
import { CALLBACK_STEPS_MAX } from '../limits.js';
import { Activity } from '../process/activity.js';
import type { Clock } from '../process/clock.js';
import { Faults } from '../process/faults.js';
import type { Log } from '../process/log.js';
import type { CalloutClient } from './callouts.js';
import type { Crash } from './crash.js';
import type { GrpcClient } from './grpc.js';
import { MetricStore } from './metrics.js';
import { SharedData } from './shared-data.js';
import { SharedQueues } from './shared-queues.js';

/** What all VMs of one process share. */
export interface HostServices {
  clock: Clock;
  log: Log;
  sharedData: SharedData;
  metrics: MetricStore;
  activity: Activity;
  faults: Faults;
  sharedQueues: SharedQueues;
  callouts: CalloutClient;
  /** Absent in a spec of as-pect. */
  grpc?: GrpcClient;
  /** Runs what comes from outside of all streams; a gateway must outlive what a test wants to hear of. */
  guard(action: () => void): void;
  /** A fault in something that nobody waits for. */
  fault(cause: unknown): void;
  /** A filter crashed. */
  crashed(crash: Crash): void;
  /** Random bytes for random_get. */
  random(size: number): Uint8Array;
  /** At least 0, less than 1; for what Envoy leaves to chance. */
  chance(): number;
  /** Steps that one callback may take, where modules are metered. */
  stepsMax: number;
  /** Steps that all callbacks of all VMs have taken. */
  stepsTaken: number;
  /** Everything that any VM says and hears, where somebody asked for it. */
  trace?: Trace;
  /** The node of the bootstrap, for the xds.node properties. */
  node: { id: string; cluster: string };
}

export function createServices(options: {
  clock: Clock;
  log: Log;
  random: (size: number) => Uint8Array;
  node?: { id: string; cluster: string };
  callouts: CalloutClient;
  grpc?: GrpcClient;
  guard?: (action: () => void) => void;
  crashed?: ((crash: Crash) => void) | undefined;
  casNumbers?: 'together' | 'by-key' | undefined;
  trace?: Trace;
  chance?: () => number;
  stepsMax?: number;
  activity?: Activity;
}): HostServices {
  return {
    callouts: options.callouts,
    grpc: options.grpc,
    guard: options.guard ?? ((action) => action()),
    crashed: options.crashed ?? (() => {}),
    sharedQueues: new SharedQueues(),
    fault: (cause) =>
      options.log.write({
        level: 'critical',
        message: cause instanceof Error ? cause.message : String(cause),
        plugin: '',
        thread: 'main',
      }),
    chance: options.chance ?? Math.random,
    stepsMax: options.stepsMax ?? CALLBACK_STEPS_MAX,
    stepsTaken: 0,
    trace: options.trace,
    clock: options.clock,
    log: options.log,
    random: options.random,
    node: options.node ?? { id: 'simulator', cluster: 'simulator' },
    sharedData: new SharedData(options.casNumbers),
    metrics: new MetricStore(),
    activity: options.activity ?? new Activity(),
    faults: new Faults(),
  };
}
