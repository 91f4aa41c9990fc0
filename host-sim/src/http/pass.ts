import { Body } from './body.js';
import type { HeaderMap } from './header-map.js';

/**
 * What a header callback lets happen. `stop` still hands the body to the filter; the other two hold everything back, and
 * differ in what too much of it comes to: a refusal or a wait.
 */
export type HeadersVerdict = 'continue' | 'stop' | 'stop-all-buffer' | 'stop-all-watermark';
export type DataVerdict = 'continue' | 'buffer' | 'watermark' | 'drop';
export type TrailersVerdict = 'continue' | 'stop';

/** One filter, seen from one direction. */
export interface PassFilter {
  headers(headers: HeaderMap, end: boolean): HeadersVerdict;
  data(body: Body, end: boolean): DataVerdict;
  trailers(trailers: HeaderMap): TrailersVerdict;
}

/** What is behind the last filter. */
export interface PassEnd {
  headers(headers: HeaderMap, end: boolean): void;
  data(bytes: Uint8Array, end: boolean): void;
  trailers(trailers: HeaderMap): void;
  /** More is held back than the limit, for a filter that said Buffer; a filter that said Watermark just waits. */
  tooLarge(): void;
}

interface Station {
  filter: PassFilter;
  state: 'open' | 'stop' | 'stop-all';
  /** The head has gone on from here. */
  headersPassed: boolean;
  /** It has been told the end of the message. */
  ended: boolean;
}

/**
 * One direction of a stream: a message on its way through the filters, which may stop it, hold its body and let it go on.
 *
 * Envoy: FilterManager, the same rules for requests and responses. All filters share one buffer of held bytes: whoever
 * stops adds to it, and what a filter before left in it is not counted twice.
 */
export class Pass {
  /** The bytes held back; it stays, empty, once something was held. */
  held: Body | undefined;
  message: HeaderMap | undefined;
  messageTrailers: HeaderMap | undefined;
  /** Nothing moves any more: the message was answered, replaced or cut. */
  closed = false;
  #complete = false;
  #streaming = true;
  #large = false;
  #trailersSent = false;
  #refused = false;
  readonly #stations: Station[];

  constructor(
    filters: readonly PassFilter[],
    private readonly end: PassEnd,
    private readonly limitBytes: number,
  ) {
    this.#stations = filters.map((filter) => ({ filter, state: 'open', headersPassed: false, ended: false }));
  }

  /** True while a filter holds the message. */
  get paused(): boolean {
    return !this.closed && this.#stations.some(({ state }) => state !== 'open');
  }

  /** More is held than the limit: whoever feeds this should wait. */
  get full(): boolean {
    return (this.held?.length ?? 0) > this.limitBytes;
  }

  headers(headers: HeaderMap, end: boolean): void {
    if (this.closed) return;
    this.message = headers;
    this.#complete = end;
    this.passHeaders(0, end);
  }

  data(bytes: Uint8Array, end: boolean): void {
    if (this.closed) return;
    this.#complete = end;
    this.passData(0, new Body(bytes), end);
  }

  trailers(trailers: HeaderMap): void {
    if (this.closed) return;
    this.#complete = true;
    this.messageTrailers = trailers;
    this.passTrailers(0);
  }

  /**
   * Holds back `body` as well, unless it is already what is held. False when that closed the stream. Envoy: inside a
   * filter's callback what is too much is refused when that is over (`later`).
   */
  hold(body: Body, later = false): boolean {
    if (body !== this.held) {
      this.held ??= new Body();
      this.held.append(body.drain());
    }
    if (!this.full) this.#large = false;
    else if (!this.#large) {
      this.#large = true;
      if (this.#streaming) return true;
      if (later) this.#refused = true;
      else this.end.tooLarge();
    }
    return !this.closed;
  }

  /** Refuses what was found too large inside a callback; true when it was. */
  refuse(): boolean {
    if (!this.#refused || this.closed) return false;
    this.#refused = false;
    this.end.tooLarge();
    return true;
  }

  /** Lets the message go on from the filter that stopped it. */
  resume(index: number): void {
    const station = this.#stations[index] as Station;
    if (this.closed) return;
    // Envoy: a filter that stopped everything has not seen what came meanwhile, so it sees that first.
    const from = station.state === 'stop-all' ? index : index + 1;
    station.state = 'open';
    if (!station.headersPassed) {
      station.headersPassed = true;
      this.passHeaders(index + 1, this.#complete && !this.held && !this.messageTrailers);
    }
    const hadTrailers = this.messageTrailers !== undefined;
    if (this.held) this.passData(from, this.held, this.#complete && !hadTrailers);
    if (hadTrailers) this.passTrailers(from);
  }

  private passHeaders(from: number, end: boolean): void {
    const message = this.message as HeaderMap;
    for (let index = from; index < this.#stations.length; index++) {
      const station = this.#stations[index] as Station;
      station.ended = end;
      const verdict = station.filter.headers(message, end);
      if (this.closed) return;
      // Envoy: a filter that was continued inside its own callback has let the head go; if it then answers Stop, the
      // body stays behind until it is continued again.
      const passed = station.headersPassed;
      if (verdict === 'continue') station.headersPassed = true;
      else {
        station.state = verdict === 'stop' ? 'stop' : 'stop-all';
        this.#streaming = verdict !== 'stop-all-buffer';
      }
      if (passed || verdict !== 'continue') return;
    }
    this.end.headers(message, end);
  }

  private passData(from: number, body: Body, end: boolean): void {
    if (this.closed) return;
    const hadTrailers = this.messageTrailers !== undefined;
    let last = end;
    let trailersFrom = -1;
    for (let index = from; index < this.#stations.length; index++) {
      const station = this.#stations[index] as Station;
      if (station.state === 'stop-all') {
        this.hold(body);
        return;
      }
      if (station.ended) return;
      station.ended = last && !this.messageTrailers;
      const verdict = station.filter.data(body, station.ended);
      if (this.closed) return;
      if (!hadTrailers && this.messageTrailers && trailersFrom < 0) {
        last = false;
        trailersFrom = index + 1;
      }
      if (this.handled(station, index, body, verdict)) return;
    }
    this.end.data(body.drain(), last);
    if (trailersFrom >= 0) this.passTrailers(trailersFrom);
  }

  /** True when the body goes no further for now. */
  private handled(station: Station, index: number, body: Body, verdict: DataVerdict): boolean {
    if (verdict === 'continue') {
      if (station.state !== 'stop') return false;
      if (this.hold(body)) this.resume(index);
      return true;
    }
    station.state = 'stop';
    if (verdict !== 'drop') {
      this.#streaming = verdict === 'watermark';
      this.hold(body);
    } else if (this.#complete && !this.messageTrailers) this.held ??= new Body();
    return true;
  }

  private passTrailers(from: number): void {
    if (this.closed) return;
    const trailers = this.messageTrailers as HeaderMap;
    for (let index = from; index < this.#stations.length; index++) {
      const station = this.#stations[index] as Station;
      if (station.state === 'stop-all') return;
      const verdict = station.filter.trailers(trailers);
      station.ended = true;
      if (this.closed) return;
      if (verdict === 'stop') {
        if (station.state === 'open') station.state = 'stop';
        return;
      }
      if (station.state === 'stop') {
        this.resume(index);
        return;
      }
    }
    if (this.#trailersSent) return;
    this.#trailersSent = true;
    this.end.trailers(trailers);
  }
}
