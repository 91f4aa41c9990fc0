import type { HostServices } from '../../vm/host-services.js';
import type { ListenerPlan } from '../plan/plan.js';
import type { Cluster } from '../upstream/cluster.js';

/** What the router uses of what is around it. */
export interface RouterSetting {
  services: HostServices;
  clusters: ReadonlyMap<string, Cluster>;
  listener: ListenerPlan;
  /** The stream's own, from 0 to 1. */
  random: number;
  /** A new number from 0 to 1. */
  draw(): number;
  /** Runs what comes from sockets and timers. */
  guard(action: () => void): void;
  /** The client takes no more, or takes some again. */
  pauseClient(paused: boolean): void;
}
