import type { HeaderMap } from '../../http/header-map.js';
import type { HttpStream } from '../../http/http-stream.js';
import { plainReply } from '../../http/local-reply.js';
import { ResponseFlag, type StreamInfo } from '../../http/stream-info.js';
import { socketAddress } from '../address.js';
import { type BodySource, readBody } from '../body-source.js';
import type { Endpoint, ForwardPlan, RetryPlan } from '../plan/plan.js';
import type { Cluster } from '../upstream/cluster.js';
import { failedUpstream, noEndpoint } from '../upstream/failure.js';
import type { UpstreamFailure, UpstreamStream } from '../upstream/stream.js';
import { openUpstream } from '../upstream/upstream.js';
import { changeResponse, levelsOf, prepareRequest } from './heads.js';
import { type Mirror, startMirrors } from './mirror.js';
import { directReply, redirectTo } from './redirect.js';
import { retriesAnswer, retriesFailure, retryOf } from './retry.js';
import type { ChosenRoute } from './routes.js';
import type { RouterSetting } from './setting.js';

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
  #completeNs = 0n;
  /** The route's, where it is for this request. */
  #retry: RetryPlan | undefined;
  #retriesLeft = 0;
  readonly #tried = new Set<Endpoint>();
  #mirrors: readonly Mirror[] = [];
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
    if (action.kind !== 'forward') {
      const reply =
        action.kind === 'redirect'
          ? redirectTo(action, headers)
          : directReply(action, { info: this.info, request: headers });
      const modify = (response: HeaderMap) => {
        this.finish(response, route);
        reply.modify?.(response);
      };
      this.stream.localReply({ ...reply, modify });
      return;
    }
    if (!headers.has(':method')) {
      this.stream.localReply(plainReply(503, 'missing_required_header', 'missing required header: :method'));
      return;
    }
    const cluster = this.setting.clusters.get(route.clusterName);
    if (!cluster) {
      this.info.responseFlags |= ResponseFlag.noClusterFound;
      this.stream.localReply(plainReply(503, 'cluster_not_found'));
      return;
    }
    this.#action = action;
    this.#retry = retryOf(action.retry, headers);
    this.#retriesLeft = this.#retry?.retriesMax ?? 0;
    this.#repeatable = this.#retry !== undefined;
    this.#cluster = cluster;
    // Before anything is mirrored.
    if (this.#cluster.plan.endpoints.length === 0) {
      this.stream.localReply(noEndpoint(this.info));
      return;
    }
    this.#headers = headers;
    this.tellTimeout(action.timeoutMs);
    prepareRequest(headers, action, route, levelsOf(route, this.setting.listener), this.info);
    this.#complete = end;
    this.#mirrors = startMirrors(action, this.#headers, end, this.setting);
    if (end) this.startTimeout();
    this.attempt();
  }

  data(bytes: Uint8Array, end: boolean): void {
    this.#complete ||= end;
    if (this.#repeatable) {
      this.#sentBytes += bytes.length;
      this.#repeatable = this.#sentBytes <= this.setting.listener.bufferLimitBytes;
      if (this.#repeatable) this.#sent.push(bytes);
      else this.#sent = [];
    }
    if (end) this.startTimeout();
    for (const mirror of this.#mirrors) mirror.data(bytes, end);
    this.send(this.#attempt, bytes, end);
  }

  trailers(trailers: HeaderMap): void {
    this.#complete = true;
    this.#trailers = trailers;
    this.startTimeout();
    for (const mirror of this.#mirrors) mirror.trailers(trailers);
    this.#attempt?.end(trailers);
  }

  /** The client takes no more of the answer, or takes some again. */
  pauseUpstream(paused: boolean): void {
    if (paused) this.#body?.pause();
    else this.#body?.resume();
  }

  /** Envoy: a local reply on a route to an upstream is changed as the upstream's answer would be, whoever gives it. */
  finishReply(reply: HeaderMap): void {
    const route = this.info.route as ChosenRoute | undefined;
    if (route?.destination) this.finish(reply, route);
  }

  private finish(response: HeaderMap, route: ChosenRoute): void {
    changeResponse(response, levelsOf(route, this.setting.listener), this.info);
  }

  /** Whatever is on its way is called off. */
  destroy(): void {
    this.#cancelTry();
    for (const cancel of this.#timers.splice(0)) cancel();
    this.#attempt?.destroy();
    this.#attempt = undefined;
    if (!this.#complete) for (const mirror of this.#mirrors) mirror.destroy();
  }

  private attempt(): void {
    const endpoint = this.pick();
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
    if (this.#complete) this.startTryTimeout();
  }

  private pick(): Endpoint | undefined {
    const again = this.#retry?.avoidsPrevious && this.#tried.size > 0 ? this.#retry.hostChoicesMax : 0;
    const endpoint = this.#cluster?.pickOther(this.#tried, again);
    if (endpoint) this.#tried.add(endpoint);
    return endpoint;
  }

  private send(to: UpstreamStream | undefined, bytes: Uint8Array, end: boolean): void {
    if (!to) return;
    if (bytes.length > 0 && !to.write(bytes) && !end) {
      this.setting.pauseClient(true);
      to.onceDrained(() => this.setting.pauseClient(false));
    }
    if (end) to.end();
  }

  /** How long the upstream may take: one try of it, and no longer than is left for all of them. */
  private tellTimeout(leftMs: number): void {
    const expectedMs = Math.min(this.#retry?.perTryTimeoutMs || leftMs, leftMs || Number.POSITIVE_INFINITY);
    if (expectedMs > 0) this.#headers?.set('x-envoy-expected-rq-timeout-ms', String(expectedMs));
  }

  /** Envoy: both times begin when the whole request has been received. */
  private startTimeout(): void {
    this.#completeNs = this.setting.services.clock.monotonicNs();
    if (this.#attempt) this.startTryTimeout();
    const ms = this.#action?.timeoutMs ?? 0;
    if (ms > 0)
      this.#timers.push(this.setting.services.clock.after(ms, () => this.setting.guard(() => this.timedOut())));
  }

  private startTryTimeout(): void {
    const { services, guard } = this.setting;
    const ms = this.#retry?.perTryTimeoutMs ?? 0;
    if (ms > 0) this.#cancelTry = services.clock.after(ms, () => guard(() => this.tryTimedOut()));
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
    const retry = this.#retry;
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
    const retry = this.#retry;
    if (retry && retriesFailure(retry, failure) && this.retry()) return;
    this.destroy();
    if (retry && this.#retriesLeft === 0) this.info.responseFlags |= ResponseFlag.upstreamRetryLimitExceeded;
    this.stream.localReply(failedUpstream(failure, this.info));
  }

  /** False where there is no further attempt: none is left, or the request cannot be sent again. */
  private retry(): boolean {
    if (this.#retriesLeft === 0 || !this.#repeatable || !this.#complete) return false;
    this.#retriesLeft--;
    const { timeoutMs = 0 } = this.#action ?? {};
    const spentMs = Number((this.setting.services.clock.monotonicNs() - this.#completeNs) / 1_000_000n);
    // What is over is not 0, which would be for ever.
    if (timeoutMs > 0) this.tellTimeout(Math.max(timeoutMs - spentMs, 1));
    this.attempt();
    return true;
  }

  private receive(headers: HeaderMap, endStream: boolean, body: BodySource, sentAtNs: bigint): void {
    this.#cancelTry();
    const retry = this.#retry;
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
    this.finish(headers, this.info.route as ChosenRoute);
    this.#body = body;
    this.stream.upstreamResponse(headers, endStream);
    if (endStream) {
      this.stopTimers();
      body.resume();
      return;
    }
    const { guard } = this.setting;
    readBody(body, {
      data: (bytes, end) =>
        guard(() => {
          if (end) this.stopTimers();
          this.stream.upstreamData(bytes, end);
        }),
      trailers: (trailers) =>
        guard(() => {
          this.stopTimers();
          this.stream.upstreamTrailers(trailers);
        }),
      full: () => this.stream.response.full,
      keepTrailers: this.setting.listener.trailers || this.#cluster?.plan.http2 === true,
      endWithData: this.#cluster?.plan.http2 === true,
    });
  }

  private stopTimers(): void {
    for (const cancel of this.#timers.splice(0)) cancel();
  }
}
