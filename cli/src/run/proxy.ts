import type { Resources } from '@tollgate/envoy';
import type { Resource, Socket } from '@tollgate/model';

/** One node's data plane while it runs: a real Envoy, or the simulator in its place. */
export interface RunningProxy {
  node: Resource<'Node'>;
  /** Resolves with the reason when it ends without being asked to. */
  ended: Promise<string>;
  /** Takes new rules without a restart; throws where they are refused, and the old ones stay. `env` is what they need. */
  apply(node: Resource<'Node'>, resources: Resources, env: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

export interface ProxyOptions {
  node: Resource<'Node'>;
  resources: Resources;
  env: Record<string, string>;
  /** Rules will change while it runs. */
  watch: boolean;
  log(line: string): void;
}

/** What starts proxies on this machine. */
export interface DataPlane {
  /** One line for the user: what runs the traffic, and why. */
  description: string;
  start(options: ProxyOptions): Promise<RunningProxy>;
}

export function listenersOf(node: Resource<'Node'>): Socket[] {
  return [...node.spec.inbound, ...node.spec.outbound].map(({ listen }) => listen);
}
