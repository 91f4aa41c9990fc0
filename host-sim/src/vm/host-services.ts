import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { MetricStore } from './metrics.js';
import { SharedData } from './shared-data.js';

/** What all VMs of one process share. */
export interface HostServices {
  clock: Clock;
  log: Log;
  sharedData: SharedData;
  metrics: MetricStore;
  /** Random bytes for random_get. */
  random(size: number): Uint8Array;
  /** The node of the bootstrap, for the xds.node properties. */
  node: { id: string; cluster: string };
}

export function createServices(options: {
  clock: Clock;
  log: Log;
  random: (size: number) => Uint8Array;
  node?: { id: string; cluster: string };
}): HostServices {
  return {
    clock: options.clock,
    log: options.log,
    random: options.random,
    node: options.node ?? { id: 'simulator', cluster: 'simulator' },
    sharedData: new SharedData(),
    metrics: new MetricStore(),
  };
}
