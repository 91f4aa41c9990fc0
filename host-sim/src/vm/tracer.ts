import { CALLBACKS } from '../abi/callbacks.js';
import { describeArguments, describeCallback, describeResults, describeVerdict } from '../abi/describe.js';
import { Status, statusName } from '../abi/status.js';
import type { HostFunction } from '../abi/table.js';
import type { Trace, TraceEntry, TraceValue } from '../http/trace.js';
import type { LogLevel } from '../log.js';
import type { Context } from './context.js';
import type { Vm } from './vm.js';

/** Writes down what one VM and its host say to each other: in the stream's trace, and in the host's where it keeps one. */
export class Tracer {
  constructor(private readonly vm: Vm) {}

  callback(context: Context, name: string, args: readonly number[]): void {
    this.write(context, () => ({
      context: context.id,
      kind: 'callback',
      name,
      args: describeCallback(CALLBACKS.get(name)?.parameterNames ?? [], args),
    }));
  }

  returned(context: Context, name: string, result: number | undefined): void {
    if (result === undefined) return;
    const verdict = describeVerdict(name, result);
    this.write(context, () => ({ context: context.id, kind: 'return', name, args: {}, result: verdict }));
  }

  trapped(context: Context, name: string, message: string): void {
    const result = `trapped: ${message}`;
    this.write(context, () => ({ context: context.id, kind: 'return', name, args: {}, result }));
  }

  log(context: Context, level: LogLevel, message: string): void {
    this.write(context, () => ({ context: context.id, kind: 'log', name: level, args: { message } }));
  }

  /** Before it runs: arguments are read while they are what the filter wrote. Undefined when nobody reads along. */
  arguments(
    context: Context,
    host: HostFunction,
    args: readonly (number | bigint)[],
  ): Record<string, TraceValue> | undefined {
    if (host.name === 'proxy_log' || this.traces(context).length === 0) return undefined;
    return describeArguments(host, args, this.vm.memory);
  }

  call(
    context: Context,
    host: HostFunction,
    described: Record<string, TraceValue>,
    args: readonly (number | bigint)[],
    status: number,
  ): void {
    this.write(context, () => ({
      context: context.id,
      kind: 'call',
      name: host.name,
      args: described,
      result: host.name.startsWith('proxy_') ? statusName(status) : String(status),
      values: status === Status.Ok ? describeResults(host, args, this.vm.memory) : undefined,
    }));
  }

  private traces(context: Context): Trace[] {
    const { trace } = this.vm.host;
    // An answer to a stream's callout comes to the root, but belongs to what that stream did.
    const stream = context.stream?.log ?? this.vm.onBehalfOf?.stream?.log;
    return [trace, stream].filter((one): one is Trace => one?.enabled ?? false);
  }

  private write(context: Context, entry: () => Omit<TraceEntry, 'at' | 'thread'>): void {
    const traces = this.traces(context);
    if (traces.length === 0) return;
    const written = { ...entry(), thread: this.vm.thread };
    for (const trace of traces) trace.add(written);
  }
}
