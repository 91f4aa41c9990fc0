import type { Resources } from '@tollgate/envoy';
import type { Crash } from '@tollgate/host-sim';
import type { Resource, Socket } from '@tollgate/model';

/** One node's data plane: a real Envoy, which is started again whenever it ends, or the simulator in its place. */
export interface RunningProxy {
  node: Resource<'Node'>;
  /**
   * Takes new rules without a restart; throws where they are refused, and the old ones stay. While the data plane is down,
   * they are what it is started again with. `env` is what they need.
   */
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
  /** It ended by itself, or did not start again; the next try is in `retryMs`. */
  failed(why: string, retryMs: number): void;
  servesAgain(): void;
  /** A filter crashed, and nothing runs in its VM any more. */
  crashed(crash: Crash): void;
  /** Once it aborts, everything ends and nothing is started again. */
  signal: AbortSignal;
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
