import { fromBytes } from '../bytes.js';
import { decodePairs } from '../http/pairs.js';
import type { TraceValue } from '../http/trace.js';
import { LOG_LEVELS } from '../log.js';
import type { GuestMemory } from '../vm/memory.js';
import type { HostFunction } from './table.js';

/** Bytes of one value that a trace shows; the rest is told by its number. */
const TEXT_BYTES_MAX = 256;

/** Numbers that have names, by the parameter's name in the ABI. */
const ENUMS: Record<string, readonly string[]> = {
  level: LOG_LEVELS,
  map_type: [
    'request_headers',
    'request_trailers',
    'response_headers',
    'response_trailers',
    'grpc_initial_metadata',
    'grpc_trailing_metadata',
    'call_headers',
    'call_trailers',
  ],
  buffer_type: [
    'request_body',
    'response_body',
    'downstream_data',
    'upstream_data',
    'call_body',
    'grpc_message',
    'vm_configuration',
    'plugin_configuration',
    'foreign_function_arguments',
  ],
  stream_type: ['request', 'response', 'downstream', 'upstream'],
  metric_type: ['counter', 'gauge', 'histogram'],
  peer_type: ['unknown', 'local', 'remote'],
};
/** Serialized maps; everything else that ends in `_data` is text. */
const MAPS = ['headers', 'trailers', 'map', 'initial_metadata', 'return_map'];

const HEADERS_VERDICTS = [
  'Continue',
  'StopIteration',
  'ContinueAndEndStream',
  'StopAllIterationAndBuffer',
  'StopAllIterationAndWatermark',
];
const DATA_VERDICTS = ['Continue', 'StopIterationAndBuffer', 'StopIterationAndWatermark', 'StopIterationNoBuffer'];
const TRAILERS_VERDICTS = ['Continue', 'StopIteration'];

/** What a callback's result means; a number where it has no name. */
export function describeVerdict(callback: string, result: number): string {
  const names = /_headers$/.test(callback)
    ? HEADERS_VERDICTS
    : /_body$/.test(callback)
      ? DATA_VERDICTS
      : /_trailers$|_data$|_new_connection$/.test(callback)
        ? TRAILERS_VERDICTS
        : /_vm_start$|_configure$|_done$|_validate_configuration$/.test(callback)
          ? ['false', 'true']
          : [];
  return names[result] ?? String(result);
}

/** A callback's arguments by name. */
export const describeCallback = (names: readonly string[], args: readonly number[]): Record<string, TraceValue> =>
  Object.fromEntries(
    args.map((arg, index) => [names[index] ?? `argument_${index}`, describeNumber(names[index], arg)]),
  );

function describeNumber(name: string | undefined, value: number | bigint): TraceValue {
  if (name === 'end_of_stream') return Boolean(value);
  const named = name && ENUMS[name]?.[Number(value)];
  return named ?? Number(value);
}

/** A host call's arguments: texts as texts, addresses left out, for they say nothing to a reader. */
export function describeArguments(
  host: HostFunction,
  args: readonly (number | bigint)[],
  memory: GuestMemory,
): Record<string, TraceValue> {
  const described: Record<string, TraceValue> = {};
  host.parameterNames.forEach((name, index) => {
    if (name.startsWith('return_') || isSizeOfData(host, name)) return;
    if (!name.endsWith('_data')) {
      described[name] = SIGNED.has(name) ? Number(args[index]) | 0 : describeNumber(name, args[index] as number);
      return;
    }
    const short = name.slice(0, -'_data'.length);
    const size = args[host.parameterNames.indexOf(`${short}_size`)] as number;
    described[short] = readValue(memory, short, args[index] as number, size);
  });
  return described;
}

/** Handed over unsigned, meant signed. */
const SIGNED = new Set(['grpc_status']);

const isSizeOfData = (host: HostFunction, name: string): boolean =>
  name.endsWith('_size') && host.parameterNames.includes(name.replace(/_size$/, '_data'));

/** What a host call that answered Ok put behind its out-parameters. */
export function describeResults(
  host: HostFunction,
  args: readonly (number | bigint)[],
  memory: GuestMemory,
): Record<string, TraceValue> {
  const described: Record<string, TraceValue> = {};
  host.parameterNames.forEach((name, index) => {
    if (!name.startsWith('return_') || isSizeOfData(host, name)) return;
    const at = args[index] as number;
    try {
      if (!name.endsWith('_data')) {
        described[name.slice('return_'.length)] = WIDE.has(name)
          ? Number(memory.readU64(at))
          : describeNumber(name.slice('return_'.length), memory.readU32(at));
        return;
      }
      const short = name.slice(0, -'_data'.length);
      const sizeAt = args[host.parameterNames.indexOf(`${short}_size`)] as number;
      described[short.slice('return_'.length)] = readValue(memory, short, memory.readU32(at), memory.readU32(sizeAt));
    } catch {
      described[name] = 'outside memory';
    }
  });
  return described;
}

/** Out-parameters of eight bytes; all others have four. */
const WIDE = new Set(['return_time', 'return_value', 'return_resolution']);

function readValue(memory: GuestMemory, name: string, at: number, size: number): TraceValue {
  try {
    const bytes = memory.read(at, size);
    if (MAPS.includes(name)) return decodePairs(bytes).map(([key, value]) => [key, value]);
    const text = fromBytes(bytes.subarray(0, TEXT_BYTES_MAX));
    const shown = name === 'path' ? text.replaceAll('\0', '.') : text;
    return size > TEXT_BYTES_MAX ? `${shown}… (${size} bytes)` : shown;
  } catch {
    return 'outside memory';
  }
}
