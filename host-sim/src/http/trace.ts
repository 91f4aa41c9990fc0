import { TRACE_LINES_MAX } from '../limits.js';
import type { Clock } from '../process/clock.js';
import { foldRepeats } from './fold.js';

/** A value as a reader wants it: enums by name, bytes as text, header maps as a list. */
export type TraceValue = string | number | boolean | [name: string, value: string][];

/** One event of a conversation between host and filter. */
export interface TraceEntry {
  /** Milliseconds of the host's monotonic clock since this trace began. */
  at: number;
  /** `main`, `canary` or the worker's number; '' for the host's own acts. */
  thread: string;
  /** The context that the callback is for or the host call works on; 0 is the VM, or the host itself. */
  context: number;
  /**
   * `callback`: the host calls the filter; `return`: that callback's end; `call`: the filter calls the host; `log`: a
   * line of the filter; `host`: what the host did of its own accord.
   */
  kind: 'callback' | 'return' | 'call' | 'log' | 'host';
  /** The callback, the host function, the log level, or what the host did. */
  name: string;
  args: Record<string, TraceValue>;
  /** A host call's status by name, a callback's verdict by name, or the trap. */
  result?: string;
  /** What a host call handed out, by the parameter that it came through. */
  values?: Record<string, TraceValue>;
}

/** What an entry tells, worked out when somebody looks: most conversations are kept and never read. */
export type TraceRecord = () => Omit<TraceEntry, 'at'>;

/** What happened, in order: callbacks, host calls with arguments and results, log lines, and the host's own acts. */
export class Trace {
  readonly #entries: TraceEntry[] = [];
  readonly #records: TraceRecord[] = [];
  readonly #timesNs: bigint[] = [];
  readonly #beganNs: bigint;

  constructor(
    private readonly wanted: boolean,
    private readonly clock?: Clock,
    /** The host's own trace, which hears of its acts too. */
    private readonly whole?: Trace,
  ) {
    this.#beganNs = clock?.monotonicNs() ?? 0n;
  }

  /** Whether it takes in more. */
  get enabled(): boolean {
    return this.wanted && this.#records.length <= TRACE_LINES_MAX;
  }

  get entries(): readonly TraceEntry[] {
    for (let index = this.#entries.length; index < this.#records.length; index++) {
      const at = Number((this.#timesNs[index] as bigint) - this.#beganNs) / 1e6;
      this.#entries.push({ at, ...(this.#records[index] as TraceRecord)() });
    }
    return this.#entries;
  }

  /** The same as text, a line an entry; what a loop repeats is counted. */
  get lines(): string[] {
    return foldRepeats(this.entries.map(formatTraceEntry));
  }

  add(record: TraceRecord): void {
    if (!this.enabled) return;
    this.#timesNs.push(this.clock?.monotonicNs() ?? 0n);
    this.#records.push(this.#records.length < TRACE_LINES_MAX ? record : hostRecord('… the rest is left out'));
  }

  /** Something that the host did itself. */
  host(name: string): void {
    this.whole?.host(name);
    if (this.enabled) this.add(hostRecord(name));
  }
}

const hostRecord =
  (name: string): TraceRecord =>
  () => ({ thread: '', context: 0, kind: 'host', name, args: {} });

function formatValue(value: TraceValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(([name, text]) => `${name}: ${text}`).join(', ')}]`;
  return String(value);
}

/** Bare words for enums (they have no blanks and no quotes to lose), quotes for what came as bytes. */
const formatArguments = (args: Record<string, TraceValue>): string =>
  Object.entries(args)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(', ');

/**
 * One line of text.
 *
 * @example
 * proxy_on_request_headers(context_id=2, num_headers=7, end_of_stream=true)
 *   proxy_get_header_map_value(map_type="request_headers", key="x-tenant") = Ok "a"
 * proxy_on_request_headers returned Continue
 */
export function formatTraceEntry({ kind, name, args, result, values }: TraceEntry): string {
  if (kind === 'callback') return `${name}(${formatArguments(args)})`;
  if (kind === 'return') return result?.startsWith('trapped') ? `${name} ${result}` : `${name} returned ${result}`;
  if (kind === 'log') return `  log ${name}: ${args.message ?? ''}`;
  if (kind === 'host') return name;
  const out = Object.values(values ?? {}).map((value) => ` ${formatValue(value)}`);
  return `  ${name}(${formatArguments(args)})${result === undefined ? '' : ` = ${result}`}${out.join('')}`;
}
