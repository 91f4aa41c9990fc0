import { CALLBACKS } from '../abi/callbacks.js';
import {
  type Captured,
  captureArguments,
  captureResults,
  describeArguments,
  describeCallback,
  describeResults,
  describeVerdict,
} from '../abi/describe.js';
import { Status, statusName } from '../abi/status.js';
import type { HostFunction } from '../abi/table.js';
import type { Trace, TraceRecord } from '../http/trace.js';
import type { LogLevel } from '../process/log.js';
import type { Context } from './context.js';
import type { Vm } from './vm.js';

/**
 * Writes down what one VM and its host say to each other: in the stream's trace, and in the host's where it keeps one.
 * What would be gone later is copied while the filter runs; it is put into words when somebody reads it.
 */
export class Tracer {
  constructor(private readonly vm: Vm) {}

  callback(context: Context, name: string, args: readonly number[]): void {
    if (!this.heard(context)) return;
    const { id } = context;
    const { thread } = this.vm;
    this.write(context, () => ({
      context: id,
      kind: 'callback',
      name,
      args: describeCallback(CALLBACKS.get(name)?.parameterNames ?? [], args),
      thread,
    }));
  }

  returned(context: Context, name: string, result: number | undefined): void {
    if (result === undefined || !this.heard(context)) return;
    const { id } = context;
    const { thread } = this.vm;
    this.write(context, () => ({
      context: id,
      kind: 'return',
      name,
      args: {},
      result: describeVerdict(name, result),
      thread,
    }));
  }

  trapped(context: Context, name: string, message: string): void {
    const { id } = context;
    const { thread } = this.vm;
    const result = `trapped: ${message}`;
    this.write(context, () => ({ context: id, kind: 'return', name, args: {}, result, thread }));
  }

  log(context: Context, level: LogLevel, message: string): void {
    const { id } = context;
    const { thread } = this.vm;
    this.write(context, () => ({ context: id, kind: 'log', name: level, args: { message }, thread }));
  }

  /** Before it runs: arguments are read while they are what the filter wrote. Undefined when nobody reads along. */
  arguments(context: Context, host: HostFunction, args: readonly (number | bigint)[]): Captured | undefined {
    if (host.name === 'proxy_log' || !this.heard(context)) return undefined;
    return captureArguments(host, args, this.vm.memory);
  }

  call(
    context: Context,
    host: HostFunction,
    captured: Captured,
    args: readonly (number | bigint)[],
    status: number,
  ): void {
    const { id } = context;
    const { thread } = this.vm;
    const results = status === Status.Ok ? captureResults(host, args, this.vm.memory) : undefined;
    this.write(context, () => ({
      context: id,
      kind: 'call',
      name: host.name,
      args: describeArguments(host, captured),
      result: host.name.startsWith('proxy_') ? statusName(status) : String(status),
      values: results && describeResults(host, results),
      thread,
    }));
  }

  /** An answer to a stream's callout comes to the root, but belongs to what that stream did. */
  private streamTrace(context: Context): Trace | undefined {
    return context.stream?.log ?? this.vm.onBehalfOf?.stream?.log;
  }

  private heard(context: Context): boolean {
    return (this.vm.host.trace?.enabled || this.streamTrace(context)?.enabled) ?? false;
  }

  private write(context: Context, record: TraceRecord): void {
    this.vm.host.trace?.add(record);
    this.streamTrace(context)?.add(record);
  }
}
