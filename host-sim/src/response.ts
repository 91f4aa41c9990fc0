import type { LogLine } from './log.js';

const find = (headers: readonly [string, string][], name: string): string | undefined =>
  headers.find(([other]) => other === name.toLowerCase())?.[1];

/** The request as the upstream got it. */
export class UpstreamRequest {
  constructor(
    readonly method: string,
    readonly path: string,
    readonly authority: string,
    /** In order, repeated names apart, pseudo headers left out. */
    readonly headers: [string, string][],
    readonly body: string,
  ) {}

  /** The first value of a header. */
  header(name: string): string | undefined {
    return find(this.headers, name);
  }
}

/** What an upstream answers; a number alone is a status. */
export interface UpstreamResponse {
  status?: number;
  headers?: Record<string, string | string[]> | [string, string][];
  body?: string;
}

/** What the client got, and what happened on the way. */
export class SimResponse {
  constructor(
    readonly status: number,
    readonly headers: [string, string][],
    readonly body: string,
    /** Absent when no request reached the upstream. */
    readonly upstream: UpstreamRequest | undefined,
    /** Present when the answer was not the upstream's. */
    readonly localReply: { details: string; grpcStatus: number } | undefined,
    /** The stream was cut: there is no status (0) or it was not the whole response. */
    readonly reset: boolean,
    /** What was logged while this request was on its way. */
    readonly log: LogLine[],
    /** Callbacks, host calls, log lines and the host's own acts, in order. */
    readonly trace: string[],
  ) {}

  /** The first value of a header. */
  header(name: string): string | undefined {
    return find(this.headers, name);
  }

  /** All values of a header. */
  headerAll(name: string): string[] {
    return this.headers.filter(([other]) => other === name.toLowerCase()).map(([, value]) => value);
  }
}
