import { formatTraceEntry, type Trace, type TraceEntry } from '../http/trace.js';
import type { LogLine } from '../process/log.js';

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
    /** Grows while the body comes in. */
    public body: string,
    public trailers: [string, string][] = [],
  ) {}

  /** The first value of a header. */
  header(name: string): string | undefined {
    return find(this.headers, name);
  }
}

/** A body: text (a byte a character), bytes, or several of them, each of which arrives on its own. */
export type BodyInput = string | Uint8Array | (string | Uint8Array)[];

/** The pieces of a body; none when it is empty. */
export const bodyPieces = (body?: BodyInput): Uint8Array[] =>
  body === undefined || body.length === 0
    ? []
    : [body].flat().flatMap((piece) => (piece.length === 0 ? [] : [Buffer.from(piece as string, 'latin1')]));

/** What an upstream answers; a number alone is a status. */
export interface UpstreamResponse {
  status?: number;
  headers?: Record<string, string | string[]> | [string, string][];
  body?: BodyInput;
  trailers?: Record<string, string | string[]> | [string, string][];
  /** The upstream's connection breaks: before the answer, or after the body where there is a status. */
  reset?: boolean;
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
    private readonly kept: Pick<Trace, 'entries'>,
    readonly trailers: [string, string][] = [],
  ) {}

  /** Callbacks, host calls with arguments and results, log lines and the host's own acts, in order. */
  get conversation(): readonly TraceEntry[] {
    return this.kept.entries;
  }

  /** The conversation as text, a line an entry: `console.log(response.trace.join('\n'))`. */
  get trace(): string[] {
    return this.conversation.map(formatTraceEntry);
  }

  /** The first value of a header. */
  header(name: string): string | undefined {
    return find(this.headers, name);
  }

  /** All values of a header. */
  headerAll(name: string): string[] {
    return this.headers.filter(([other]) => other === name.toLowerCase()).map(([, value]) => value);
  }
}
