import { HeaderMap } from '../../http/header-map.js';
import type { ForwardPlan, MirrorPlan } from '../plan/plan.js';
import type { Cluster } from '../upstream/cluster.js';
import type { UpstreamStream } from '../upstream/stream.js';
import { openUpstream } from '../upstream/upstream.js';
import type { RouterSetting } from './setting.js';

/**
 * The copies of a request that begin with it. Envoy: the remainder of the stream's own number draws them, as it draws the
 * cluster; so where weights add up to the fraction's denominator, both are drawn at once.
 */
export function startMirrors(
  { clusters, mirrors, timeoutMs }: ForwardPlan,
  headers: HeaderMap,
  endStream: boolean,
  setting: RouterSetting,
): Mirror[] {
  const weights = clusters.reduce((sum, { weight }) => sum + weight, 0);
  return mirrors
    .filter(({ part, denominator }) => (denominator === weights ? setting.random : setting.draw()) < part)
    .flatMap((plan) => {
      const cluster = setting.clusters.get(plan.cluster);
      const endpoint = cluster?.pick();
      if (!cluster || !endpoint) return [];
      // Headers of an upgrade are none of HTTP/2's.
      if (cluster.plan.http2 && headers.has('upgrade')) return [];
      const head = { cluster, endpoint, headers: mirroredHead(plan, headers, timeoutMs, setting), endStream };
      return [new Mirror(head, timeoutMs, setting)];
    });
}

/** Envoy: its own client sends it, which says that it is internal, adds the node's address and tries once. */
function mirroredHead(
  { keepsHost }: MirrorPlan,
  headers: HeaderMap,
  timeoutMs: number,
  { listener }: RouterSetting,
): HeaderMap {
  const copy = HeaderMap.request(headers.entries);
  if (!keepsHost) copy.set(':authority', (copy.first(':authority') ?? '').replace(/^(.*?)(:\d+)?$/, '$1-shadow$2'));
  copy.set('x-envoy-internal', 'true');
  if (timeoutMs > 0) copy.set('x-envoy-expected-rq-timeout-ms', String(timeoutMs));
  copy.add('x-forwarded-for', listener.connection.localAddress);
  return copy;
}

/** A copy of a request on its way to a cluster of its own. What is answered is read and dropped. */
export class Mirror {
  readonly #upstream: UpstreamStream;
  #cancelTimeout: () => void = () => {};

  constructor(
    head: { cluster: Cluster; headers: HeaderMap } & Pick<Parameters<typeof openUpstream>[0], 'endpoint' | 'endStream'>,
    timeoutMs: number,
    private readonly setting: RouterSetting,
  ) {
    this.#upstream = openUpstream(head, {
      connected: () => {},
      failed: () => this.#cancelTimeout(),
      response: (_headers, _endStream, body) => {
        body.once('end', () => this.#cancelTimeout());
        body.resume();
      },
    });
    const { clock } = setting.services;
    if (timeoutMs > 0) this.#cancelTimeout = clock.after(timeoutMs, () => this.#upstream.destroy());
  }

  data(bytes: Uint8Array, end: boolean): void {
    if (bytes.length > 0 && !this.#upstream.write(bytes) && !end) {
      this.setting.pauseClient(true);
      this.#upstream.onceDrained(() => this.setting.pauseClient(false));
    }
    if (end) this.#upstream.end();
  }

  trailers(trailers: HeaderMap): void {
    this.#upstream.end(trailers);
  }

  /** The request that it copies is not to be completed. */
  destroy(): void {
    this.#cancelTimeout();
    this.#upstream.destroy();
  }
}
