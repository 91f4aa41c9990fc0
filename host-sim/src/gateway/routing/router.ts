import type { HeaderMap } from '../../http/header-map.js';
import type { HttpStream } from '../../http/http-stream.js';
import { plainReply } from '../../http/local-reply.js';
import { ResponseFlag, type StreamInfo } from '../../http/stream-info.js';
import type { HostServices } from '../../vm/host-services.js';
import { socketAddress } from '../address.js';
import { type BodySource, readBody } from '../body-source.js';
import type { ForwardPlan } from '../plan/plan.js';
import type { Cluster } from '../upstream/cluster.js';
import { failedUpstream, noEndpoint } from '../upstream/failure.js';
import type { UpstreamFailure, UpstreamStream } from '../upstream/stream.js';
import { openUpstream } from '../upstream/upstream.js';
import { redirectTo } from './redirect.js';
import { retriesAnswer, retriesFailure } from './retry.js';
import type { ChosenRoute } from './routes.js';

export interface RouterSetting {
  services: HostServices;
  clusters: ReadonlyMap<string, Cluster>;
  requestHeadersToRemove: readonly string[];
  /** Trailers of HTTP/1 are kept. */
  trailers: boolean;
  bufferLimitBytes: number;
  /** Runs what comes from sockets and timers. */
  guard(action: () => void): void;
  /** The client takes no more, or takes some again. */
  pauseClient(paused: boolean): void;
}

/** The last of Envoy's filters: takes what the others let through to an endpoint, and gives its answer back. */
export class Router {
  #attempt: UpstreamStream | undefined;
  #body: BodySource | undefined;
  #headers: HeaderMap | undefined;
  #action: ForwardPlan | undefined;
  #cluster: Cluster | undefined;
  /** What has been sent, as long as it may have to be sent again. */
  #sent: Uint8Array[] = [];
  #sentBytes = 0;
  #repeatable = true;
  #trailers: HeaderMap | undefined;
  /** The whole request has come through the filters. */
  #complete = false;
  #retriesLeft = 0;
  #timers: (() => void)[] = [];
  #cancelTry: () => void = () => {};

  constructor(
    private readonly stream: HttpStream,
    private readonly info: StreamInfo,
    private readonly setting: RouterSetting,
  ) {}

  headers(headers: HeaderMap, end: boolean): void {
    const route = this.info.route as ChosenRoute | undefined;
    if (!route) {
      this.info.responseFlags |= ResponseFlag.noRouteFound;
      this.stream.localReply(plainReply(404, 'route_not_found'));
      return;
    }
    const { action } = route.plan;
    if (action.kind === 'redirect') {
      this.stream.localReply(redirectTo(action, headers));
      return;
    }
    if (action.kind === 'direct') {
      this.stream.localReply(plainReply(action.status, 'direct_response', action.body));
      return;
    }
    if (!headers.has(':method')) {
      this.stream.localReply(plainReply(503, 'missing_required_header', 'missing required header: :method'));
      return;
    }
    this.#action = action;
    this.#retriesLeft = action.retry?.retriesMax ?? 0;
    this.#repeatable = action.retry !== undefined;
    this.#cluster = this.setting.clusters.get(route.clusterName) as Cluster;
    for (const name of route.requestHeadersToRemove) headers.remove(name);
    this.#headers = this.prepare(headers, action);
    this.#complete = end;
    if (end) this.startTimeout();
    this.attempt();
  }

  data(bytes: Uint8Array, end: boolean): void {
    this.#complete ||= end;
    if (this.#repeatable) {
      this.#sentBytes += bytes.length;
      this.#repeatable = this.#sentBytes <= this.setting.bufferLimitBytes;
      if (this.#repeatable) this.#sent.push(bytes);
      else this.#sent = [];
    }
    if (end) this.startTimeout();
    this.send(this.#attempt, bytes, end);
  }

  trailers(trailers: HeaderMap): void {
    this.#complete = true;
    this.#trailers = trailers;
    this.startTimeout();
    this.#attempt?.end(trailers);
  }

  /** The client takes no more of the answer, or takes some again. */
  pauseUpstream(paused: boolean): void {
    if (paused) this.#body?.pause();
    else this.#body?.resume();
  }

  /** Whatever is on its way is called off. */
  destroy(): void {
    this.#cancelTry();
    for (const cancel of this.#timers.splice(0)) cancel();
    this.#attempt?.destroy();
    this.#attempt = undefined;
  }

  /** Behind the filters: what the route and the connection manager do to the head. */
  private prepare(headers: HeaderMap, action: ForwardPlan): HeaderMap {
    for (const name of this.setting.requestHeadersToRemove) headers.remove(name);
    if (action.hostRewrite !== undefined) {
      headers.set('x-envoy-original-host', headers.first(':authority') ?? '');
      headers.set(':authority', action.hostRewrite);
    }
    const path = headers.first(':path') ?? '/';
    if (action.prefixRewrite) {
      headers.set('x-envoy-original-path', path);
      headers.set(':path', `${action.prefixRewrite.to}${path.slice(action.prefixRewrite.prefix.length)}`);
    }
    const expectedMs = action.retry?.perTryTimeoutMs || action.timeoutMs;
    if (expectedMs > 0)
      headers.set('x-envoy-expected-rq-timeout-ms', String(Math.min(expectedMs, action.timeoutMs || expectedMs)));
    return headers;
  }

  private attempt(): void {
    const endpoint = this.#cluster?.pick();
    if (!endpoint) {
      this.stream.localReply(noEndpoint(this.info));
      return;
    }
    const { services, guard } = this.setting;
    this.info.upstreamAttempts++;
    this.info.upstream = { address: socketAddress(endpoint.address, endpoint.port) };
    const sentAtNs = services.clock.monotonicNs();
    const endStream = this.#complete && this.#sent.length === 0 && !this.#trailers;
    const head = { cluster: this.#cluster as Cluster, headers: this.#headers as HeaderMap };
    const mine = openUpstream(
      { ...head, endpoint, endStream },
      {
        connected: (local) => {
          if (this.info.upstream) this.info.upstream.localAddress = local;
        },
        failed: (failure, stale) =>
          guard(() => {
            if (this.#attempt === mine || this.#attempt === undefined) this.failed(failure, stale);
          }),
        response: (headers, endStream, body) =>
          guard(() => {
            if (this.#attempt === mine) this.receive(headers, endStream, body, sentAtNs);
          }),
      },
    );
    this.#attempt = mine;
    for (const [index, bytes] of this.#sent.entries())
      this.send(mine, bytes, this.#complete && !this.#trailers && index === this.#sent.length - 1);
    if (this.#trailers) mine.end(this.#trailers);
    const perTryMs = this.#action?.retry?.perTryTimeoutMs ?? 0;
    if (perTryMs > 0 && this.#complete)
      this.#cancelTry = services.clock.after(perTryMs, () => guard(() => this.tryTimedOut()));
  }

  private send(to: UpstreamStream | undefined, bytes: Uint8Array, end: boolean): void {
    if (!to) return;
    if (bytes.length > 0 && !to.write(bytes) && !end) {
      this.setting.pauseClient(true);
      to.onceDrained(() => this.setting.pauseClient(false));
    }
    if (end) to.end();
  }

  /** Envoy: the time begins when the whole request has been received. */
  private startTimeout(): void {
    const ms = this.#action?.timeoutMs ?? 0;
    if (ms > 0)
      this.#timers.push(this.setting.services.clock.after(ms, () => this.setting.guard(() => this.timedOut())));
  }

  private timedOut(): void {
    if (this.stream.over) return;
    this.destroy();
    this.info.responseFlags |= ResponseFlag.upstreamRequestTimeout;
    if (this.stream.responseStarted) this.stream.reset('response_timeout');
    else this.stream.localReply(plainReply(504, 'response_timeout', 'upstream request timeout'));
  }

  private tryTimedOut(): void {
    if (this.stream.over || this.stream.responseStarted) return;
    this.#attempt?.destroy();
    this.#attempt = undefined;
    const { retry } = this.#action as ForwardPlan;
    if (retry && retriesFailure(retry, { kind: 'per-try-timeout' }) && this.retry()) return;
    this.destroy();
    this.info.responseFlags |= ResponseFlag.upstreamRequestTimeout;
    this.stream.localReply(plainReply(504, 'upstream_per_try_timeout', 'upstream request timeout'));
  }

  private failed(failure: UpstreamFailure, stale: boolean): void {
    if (this.stream.over) return;
    this.#cancelTry();
    if (this.stream.responseStarted) {
      if (!this.stream.localReplyDetails)
        this.stream.reset('upstream_reset_after_response_started{connection_termination}');
      return;
    }
    // A kept connection that the upstream had just closed: nothing was sent twice, nothing was answered.
    if (stale) {
      this.info.upstreamAttempts--;
      this.attempt();
      return;
    }
    const retry = this.#action?.retry;
    if (retry && retriesFailure(retry, failure) && this.retry()) return;
    this.destroy();
    if (retry && this.#retriesLeft === 0) this.info.responseFlags |= ResponseFlag.upstreamRetryLimitExceeded;
    this.stream.localReply(failedUpstream(failure, this.info));
  }

  /** False where there is no further attempt: none is left, or the request cannot be sent again. */
  private retry(): boolean {
    if (this.#retriesLeft === 0 || !this.#repeatable || !this.#complete) return false;
    this.#retriesLeft--;
    this.attempt();
    return true;
  }

  private receive(headers: HeaderMap, endStream: boolean, body: BodySource, sentAtNs: bigint): void {
    this.#cancelTry();
    const retry = this.#action?.retry;
    if (retry && retriesAnswer(retry, headers)) {
      const refused = this.#attempt;
      if (this.retry()) {
        refused?.destroy();
        return;
      }
      if (this.#retriesLeft === 0) this.info.responseFlags |= ResponseFlag.upstreamRetryLimitExceeded;
    }
    const latencyNs = this.setting.services.clock.monotonicNs() - sentAtNs;
    this.info.backendLatencyNs = latencyNs;
    // Envoy: an answer to a request that is still on its way has no time.
    if (this.#complete) headers.set('x-envoy-upstream-service-time', String(latencyNs / 1_000_000n));
    this.#body = body;
    this.stream.upstreamResponse(headers, endStream);
    if (endStream) {
      this.finish();
      body.resume();
      return;
    }
    const { guard } = this.setting;
    readBody(body, {
      data: (bytes, end) =>
        guard(() => {
          if (end) this.finish();
          this.stream.upstreamData(bytes, end);
        }),
      trailers: (trailers) =>
        guard(() => {
          this.finish();
          this.stream.upstreamTrailers(trailers);
        }),
      full: () => this.stream.response.full,
      keepTrailers: this.setting.trailers || this.#cluster?.plan.http2 === true,
      endWithData: this.#cluster?.plan.http2 === true,
    });
  }

  private finish(): void {
    for (const cancel of this.#timers.splice(0)) cancel();
  }
}
