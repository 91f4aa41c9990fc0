import { toBytes } from '../bytes.js';
import { RANDOM_BYTES_MAX } from '../limits.js';
import type { LogLevel } from '../process/log.js';
import type { Vm } from '../vm/vm.js';
import { type HostFunction, hostFunction, withoutResult } from './table.js';

/** WASI's own numbers: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#errno */
const Errno = { success: 0, badf: 8, fault: 21, inval: 28, noent: 44, nosys: 52, notsup: 58 } as const;
const CLOCK = { realtime: 0, monotonic: 1 } as const;
const STREAM_LEVEL: Record<number, LogLevel> = { 1: 'info', 2: 'error' };
const always = { duringInitialize: true };

const environ = (vm: Vm): Uint8Array[] => [...vm.environment].map(([name, value]) => toBytes(`${name}=${value}\0`));

/** A function that Envoy provides as a stub: it answers `errno` and does nothing. */
const stub = (name: string, parameters: string[], errno: number): HostFunction =>
  hostFunction(name, parameters, () => errno, always);

export const wasiFunctions = [
  /** iovec:  | data: u32 | size: u32 |  times iovs_size */
  hostFunction(
    'fd_write',
    ['fd', 'iovs', 'iovs_size', 'return_written'],
    (vm, fd: number, iovs: number, count: number, out: number) => {
      const level = STREAM_LEVEL[fd];
      if (!level) return Errno.badf;
      let text = '';
      for (let i = 0; i < count; i++)
        text += vm.memory.readText(vm.memory.readU32(iovs + i * 8), vm.memory.readU32(iovs + i * 8 + 4));
      if (text.length > 0) vm.log(level, text.endsWith('\n') ? text.slice(0, -1) : text);
      vm.memory.writeU32(out, text.length);
      return Errno.success;
    },
    always,
  ),

  hostFunction(
    'clock_time_get',
    ['id', 'precision:i64', 'return_time'],
    (vm, id: number, _precision: bigint, out: number) => {
      if (id > CLOCK.monotonic) return Errno.notsup;
      vm.memory.writeU64(out, id === CLOCK.realtime ? vm.host.clock.wallNs() : vm.host.clock.monotonicNs());
      return Errno.success;
    },
    always,
  ),

  hostFunction(
    'clock_res_get',
    ['id', 'return_resolution'],
    (vm, id: number, out: number) => {
      if (id > CLOCK.monotonic) return Errno.notsup;
      vm.memory.writeU64(out, 1n);
      return Errno.success;
    },
    always,
  ),

  hostFunction(
    'random_get',
    ['buffer', 'buffer_size'],
    (vm, buffer: number, size: number) => {
      if (size > RANDOM_BYTES_MAX) return Errno.inval;
      vm.memory.write(buffer, vm.host.random(size));
      return Errno.success;
    },
    always,
  ),

  hostFunction(
    'environ_sizes_get',
    ['return_count', 'return_size'],
    (vm, count: number, size: number) => {
      const variables = environ(vm);
      vm.memory.writeU32(count, variables.length);
      vm.memory.writeU32(
        size,
        variables.reduce((sum, variable) => sum + variable.length, 0),
      );
      return Errno.success;
    },
    always,
  ),

  hostFunction(
    'environ_get',
    ['return_pointers', 'return_buffer'],
    (vm, pointers: number, buffer: number) => {
      let at = buffer;
      environ(vm).forEach((variable, index) => {
        vm.memory.writeU32(pointers + index * 4, at);
        vm.memory.write(at, variable);
        at += variable.length;
      });
      return Errno.success;
    },
    always,
  ),

  hostFunction(
    'args_sizes_get',
    ['return_count', 'return_size'],
    (vm, count: number, size: number) => {
      vm.memory.writeU32(count, 0);
      vm.memory.writeU32(size, 0);
      return Errno.success;
    },
    always,
  ),

  stub('args_get', ['return_pointers', 'return_buffer'], Errno.success),

  hostFunction(
    'fd_fdstat_get',
    ['fd', 'return_stat'],
    (vm, fd: number, out: number) => {
      if (!STREAM_LEVEL[fd]) return Errno.badf;
      // fdstat: | filetype u8 | pad | flags u16 | pad | rights base u64 | rights inheriting u64 |; right 64 is fd_write.
      vm.memory.write(out, new Uint8Array(24));
      vm.memory.writeU64(out + 8, 64n);
      return Errno.success;
    },
    always,
  ),

  /** Envoy: can set no flags, and says so. Go's runtime asks at its start. */
  hostFunction('fd_fdstat_set_flags', ['fd', 'flags'], () => Errno.notsup, always),

  /** Envoy: logs and goes on; the module then runs into the unreachable behind the call. */
  withoutResult(
    hostFunction(
      'proc_exit',
      ['exit_code'],
      (vm, code: number) => {
        vm.log('error', `wasi_snapshot_preview1.proc_exit called with exit code ${code}`);
        return 0;
      },
      always,
    ),
  ),

  /** No events: the answer is success with zero of them, whatever was subscribed to. */
  hostFunction(
    'poll_oneoff',
    ['in', 'out', 'subscriptions', 'return_events'],
    (vm, _in: number, _out: number, _count: number, events: number) => {
      vm.memory.writeU32(events, 0);
      return Errno.success;
    },
    always,
  ),

  stub('sched_yield', [], Errno.success),
  stub('fd_seek', ['fd', 'offset:i64', 'whence', 'return_offset'], Errno.success),
  stub('fd_close', ['fd'], Errno.success),
  stub('fd_read', ['fd', 'iovs', 'iovs_size', 'return_read'], Errno.nosys),
  stub('fd_prestat_get', ['fd', 'return_prestat'], Errno.badf),
  stub('fd_prestat_dir_name', ['fd', 'path', 'path_size'], Errno.nosys),
  stub(
    'path_open',
    ['fd', 'dirflags', 'path', 'path_size', 'oflags', 'rights:i64', 'inheriting:i64', 'fdflags', 'return_fd'],
    Errno.noent,
  ),
];
