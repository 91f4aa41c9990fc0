import { STATUS_CODES } from 'node:http';
import { acceptRequest, type EarlyRefusal, finishResponse } from '../http/connection-manager.js';
import { HeaderMap } from '../http/header-map.js';
import { HttpStream } from '../http/http-stream.js';
import { type LocalReply, plainReply } from '../http/local-reply.js';
import { beginStream, ResponseFlag, type StreamInfo } from '../http/stream-info.js';
import { Trace, type TraceEntry } from '../http/trace.js';
import type { HostServices } from '../vm/host-services.js';
import { PluginRuntime } from '../vm/plugin-runtime.js';
import { socketAddress } from './address.js';
import { readBody } from './body-source.js';
import type { Downstream } from './downstream/downstream.js';
import { StreamTimeouts } from './downstream/stream-timeouts.js';
import { nativeFilter } from './filters/native.js';
import type { HttpFilterPlan, ListenerPlan, NativePlan } from './plan/plan.js';
import { takesPart } from './routing/filter-switch.js';
import { Router } from './routing/router.js';
import { type ChosenRoute, selectRoute } from './routing/routes.js';
import type { Cluster } from './upstream/cluster.js';

export interface ExchangeSetting {
  services: HostServices;
  listener: ListenerPlan;
  clusters: ReadonlyMap<string, Cluster>;
  chain: readonly HttpFilterPlan<PluginRuntime | NativePlan>[];
  /** Routes turn some of them on or off. */
  switches: boolean;
  worker: string;
  connectionId: number;
  requestId(): string;
  /** From 0 to 1, the stream's own: which of weighted clusters this request goes to, and often whether it is mirrored. */
  random: number;
  /** A new one for what is drawn for itself. */
  draw(): number;
  /** Asked for: the conversation is kept, and handed over when the exchange is over. */
  onTrace?: ((entries: readonly TraceEntry[]) => void) | undefined;
  /** The exchange is over: logged, counted, and its contexts gone. */
  over(): void;
}

/** One request of a real client, through the filters to a real upstream and back; bodies stream through. */
export class GatewayExchange {
  readonly #info: StreamInfo;
  readonly #stream: HttpStream;
  readonly #router: Router;
  readonly #trace: Trace;
  readonly #endStream: boolean;
  #early: EarlyRefusal | undefined;
  /** The client has sent its whole request. */
  #requestReceived: boolean;
  readonly #timeouts: StreamTimeouts;

  constructor(
    private readonly client: Downstream,
    private readonly setting: ExchangeSetting,
  ) {
    const { services, listener, worker, connectionId } = setting;
    const { head, socket } = client;
    this.#trace = new Trace(setting.onTrace !== undefined, services.clock);
    const headers = 'status' in head ? HeaderMap.request() : head.headers;
    this.#endStream = 'status' in head || head.endStream;
    this.#requestReceived = this.#endStream;
    this.#info = beginStream({
      clock: services.clock,
      protocol: client.protocol,
      peer: socketAddress(socket.remoteAddress, socket.remotePort),
      local: socketAddress(socket.localAddress, socket.localPort),
      connectionId,
      requestHeaders: headers,
      listener: { direction: listener.direction, filterChainName: listener.filterChainName },
    });
    const native = {
      after: (ms: number, action: () => void) => services.clock.after(ms, () => this.guard(action)),
      draw: setting.draw,
    };
    const links = this.takingPart(headers)
      .map(({ filter }) => (filter instanceof PluginRuntime ? filter.take(worker) : nativeFilter(filter, native)))
      .filter((link) => link !== 'open');
    this.#stream = new HttpStream(
      {
        selectRoute: (request) => selectRoute(listener, request, setting.random),
        upstream: {
          headers: (request, end) => this.#router.headers(request, end),
          data: (bytes, end) => this.toUpstream(() => this.#router.data(bytes, end)),
          trailers: (trailers) => this.toUpstream(() => this.#router.trailers(trailers)),
        },
        client: {
          headers: (response, end) => this.respond(response, end),
          data: (bytes, end) => this.toClient(bytes, end),
          trailers: (trailers) => client.end(trailers),
        },
        finishReply: (reply) => this.#router.finishReply(reply),
        reset: () => {
          this.#router.destroy();
          client.destroy();
        },
      },
      this.#info,
      this.#trace,
      services.clock,
      links,
      listener.bufferLimitBytes,
    );
    this.#router = new Router(this.#stream, this.#info, {
      services,
      clusters: setting.clusters,
      listener,
      random: setting.random,
      draw: setting.draw,
      guard: (action) => this.guard(action),
      pauseClient: (paused) => (paused ? client.body.pause() : client.body.resume()),
    });
    this.#timeouts = new StreamTimeouts(services.clock, listener, this.#endStream, {
      request: () => this.guard(() => this.timedOut('request')),
      idle: () => this.guard(() => this.timedOut('idle')),
    });
    client.onceClosed((complete) => this.guard(() => this.end(complete)));
  }

  run(): void {
    this.guard(() => this.accept());
  }

  /** Whatever goes wrong in one exchange cuts that one's connection, is logged, and leaves the others alone. */
  private guard(action: () => void): void {
    try {
      action();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      this.setting.services.log.write({ level: 'critical', message, plugin: '', thread: this.setting.worker });
      this.#router.destroy();
      this.client.destroy();
    }
  }

  /** Envoy: the route that the request has before any filter changes it decides who takes part, for good. */
  private takingPart(written: HeaderMap): ExchangeSetting['chain'] {
    const { chain, switches, listener, random } = this.setting;
    if (!switches) return chain;
    const headers = HeaderMap.request(written.entries);
    headers.removeWhere((name) => this.goesEarly(name));
    const refused = acceptRequest(
      headers,
      this.#info.peer,
      listener.connection,
      () => '',
      this.client.upgrade !== undefined,
    );
    const route = refused ? undefined : selectRoute(listener, headers, random);
    return chain.filter((entry) => takesPart(entry, route));
  }

  private accept(): void {
    const { listener, requestId } = this.setting;
    const { head, upgrade } = this.client;
    if ('status' in head) {
      this.#stream.localReply(plainReply(head.status, 'http1.codec_error', head.body));
      return;
    }
    const { headers } = head;
    if (listener.underscores === 'REJECT_REQUEST' && headers.entries.some(([name]) => name.includes('_'))) {
      // Envoy: a mistake of the codec, which over HTTP/2 costs the stream alone.
      if (this.client.protocol === 'HTTP/2') this.client.destroy();
      else this.#stream.localReply(plainReply(400, 'http1.unexpected_underscore', STATUS_CODES[400]));
      return;
    }
    headers.removeWhere((name) => this.goesEarly(name));
    const changes = upgrade !== undefined;
    const refusal = acceptRequest(headers, this.#info.peer, listener.connection, requestId, changes);
    if (changes && !refusal && !this.mayUpgrade(headers, upgrade)) {
      for (const name of ['connection', 'upgrade']) headers.remove(name);
      this.#stream.localReply(plainReply(403, 'upgrade_failed'));
      return;
    }
    this.#early = refusal;
    if (refusal)
      this.#stream.localReply(
        plainReply(refusal.status, refusal.details, refusal.status === 431 ? STATUS_CODES[431] : ''),
      );
    else this.#stream.start(headers, this.#endStream);
    if (this.#endStream || refusal) return;
    readBody(this.client.body, {
      data: (bytes, end) => {
        this.received(end);
        this.guard(() => this.#stream.requestData(bytes, end));
      },
      trailers: (trailers) => {
        this.received(true);
        trailers.removeWhere((name) => this.goesEarly(name));
        this.guard(() => this.#stream.requestTrailers(trailers));
      },
      full: () => this.#stream.request.full,
      keepTrailers: this.client.trailers,
      endWithData: this.client.endWithData,
    });
  }

  private goesEarly(name: string): boolean {
    const { underscores, earlyRemovals } = this.setting.listener;
    return (underscores === 'DROP_HEADER' && name.includes('_')) || earlyRemovals.some((matches) => matches(name));
  }

  /** The route's word goes before the connection manager's. */
  private mayUpgrade(headers: HeaderMap, upgrade: string): boolean {
    const { listener, random } = this.setting;
    const route: ChosenRoute | undefined = selectRoute(listener, headers, random);
    const action = route?.plan.action;
    const ofRoute = action?.kind === 'forward' ? action.upgrades.get(upgrade) : undefined;
    return ofRoute ?? listener.upgrades.get(upgrade) ?? false;
  }

  private toUpstream(write: () => void): void {
    const { over, localReplyDetails } = this.#stream;
    if (!over && !localReplyDetails) write();
  }

  private received(end: boolean): void {
    this.#requestReceived ||= end;
    this.#timeouts.moved();
    if (end) this.#timeouts.requestDone();
  }

  /** Envoy: who has not said all is told that it was the request (408), who waits for an answer that it was the gateway (504). */
  private timedOut(what: 'request' | 'idle'): void {
    if (this.#stream.over) return;
    this.#router.destroy();
    if (what === 'idle') this.#info.responseFlags |= ResponseFlag.streamIdleTimeout;
    const details = what === 'idle' ? 'stream_idle_timeout' : 'request_overall_timeout';
    if (this.#stream.responseStarted) this.#stream.reset(details);
    else
      this.#stream.localReply(
        plainReply(this.#requestReceived ? 504 : 408, details, what === 'idle' ? 'stream timeout' : 'request timeout'),
      );
  }

  private respond(headers: HeaderMap, end: boolean): void {
    this.#timeouts.moved();
    this.#timeouts.requestDone();
    const { listener, services } = this.setting;
    const local = this.#stream.localReplyDetails;
    const changed = this.client.upgrade !== undefined && headers.first(':status') === '101';
    finishResponse(headers, listener.connection, services.clock, changed);
    this.client.respond(headers, end, this.mustClose(local));
    if (end) this.endClient();
  }

  private toClient(bytes: Uint8Array, end: boolean): void {
    this.#timeouts.moved();
    if (bytes.length > 0 && !this.client.write(bytes)) {
      this.#router.pauseUpstream(true);
      this.client.onceDrained(() => this.#router.pauseUpstream(false));
    }
    if (end) this.endClient();
  }

  private endClient(): void {
    this.client.end();
    if (!this.#stream.localReplyDetails) return;
    this.#router.destroy();
    this.client.drop();
  }

  /** Envoy ends the connection after a refusal of the head, after 400, and when it answers a request that is not all read. */
  private mustClose(local: LocalReply | undefined): boolean {
    if ('status' in this.client.head || !this.#requestReceived) return true;
    return local?.status === 400 || this.#early?.status === 431 || local?.details === 'upgrade_failed';
  }

  private end(complete: boolean): void {
    this.#timeouts.stop();
    try {
      if (!complete) this.#router.destroy();
      this.#stream.end();
    } finally {
      this.setting.onTrace?.(this.#trace.entries);
      this.setting.over();
    }
  }
}
