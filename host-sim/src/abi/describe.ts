import { toBytes } from '../bytes.js';
import { decodePairs } from '../http/pairs.js';
import type { TraceValue } from '../http/trace.js';
import { LOG_LEVELS } from '../process/log.js';
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

/** How one parameter of a host function is told. */
interface Described {
  name: string;
  /** Where it stands among the arguments; for what is in memory, where its size stands. */
  index: number;
  sizeIndex: number;
  kind: 'number' | 'signed' | 'wide' | 'text' | 'map';
}
interface Layout {
  inputs: Described[];
  outputs: Described[];
}

/** Handed over unsigned, meant signed. */
const SIGNED = new Set(['grpc_status']);
/** Out-parameters of eight bytes; all others have four. */
const WIDE = new Set(['return_time', 'return_value', 'return_resolution']);

const layouts = new WeakMap<HostFunction, Layout>();

function layoutOf(host: HostFunction): Layout {
  const known = layouts.get(host);
  if (known) return known;
  const names = host.parameterNames;
  const all = names.flatMap((parameter, index): Described[] => {
    // The size of data is told with the data.
    if (parameter.endsWith('_size') && names.includes(parameter.replace(/_size$/, '_data'))) return [];
    const name = parameter.replace(/_data$/, '');
    const inMemory = name !== parameter;
    const kind = inMemory
      ? MAPS.includes(name)
        ? 'map'
        : 'text'
      : SIGNED.has(name)
        ? 'signed'
        : WIDE.has(name)
          ? 'wide'
          : 'number';
    return [{ name, index, sizeIndex: names.indexOf(`${name}_size`), kind }];
  });
  const returned = ({ name }: Described) => name.startsWith('return_');
  const layout = { inputs: all.filter((one) => !returned(one)), outputs: all.filter(returned) };
  layouts.set(host, layout);
  return layout;
}

type Arguments = readonly (number | bigint)[];
/** What stood in memory, one value a parameter; undefined where that was outside of it. */
export type Captured = readonly (string | number | bigint | undefined)[];

/** What a host call's arguments point at, before it runs. Numbers say themselves. */
export const captureArguments = (host: HostFunction, args: Arguments, memory: GuestMemory): Captured =>
  layoutOf(host).inputs.map(({ kind, index, sizeIndex }) =>
    kind === 'text' || kind === 'map'
      ? captureData(memory, kind, args[index] as number, args[sizeIndex] as number)
      : args[index],
  );

/** What a host call that answered Ok put behind its out-parameters. */
export const captureResults = (host: HostFunction, args: Arguments, memory: GuestMemory): Captured =>
  layoutOf(host).outputs.map(({ kind, index, sizeIndex }) => {
    const at = args[index] as number;
    try {
      if (kind === 'wide') return memory.readU64(at);
      if (kind === 'number' || kind === 'signed') return memory.readU32(at);
      return captureData(memory, kind, memory.readU32(at), memory.readU32(args[sizeIndex] as number));
    } catch {
      return undefined;
    }
  });

function captureData(memory: GuestMemory, kind: 'text' | 'map', at: number, size: number): string | undefined {
  try {
    if (kind === 'map' || size <= TEXT_BYTES_MAX) return memory.readText(at, size);
    memory.read(at, size);
    return `${memory.readText(at, TEXT_BYTES_MAX)}… (${size} bytes)`;
  } catch {
    return undefined;
  }
}

/** A host call's arguments: texts as texts, addresses left out, for they say nothing to a reader. */
export const describeArguments = (host: HostFunction, captured: Captured): Record<string, TraceValue> =>
  Object.fromEntries(layoutOf(host).inputs.map((one, index) => [one.name, describeCaptured(one, captured[index])]));

/** The values that a host call handed out. */
export const describeResults = (host: HostFunction, captured: Captured): Record<string, TraceValue> =>
  Object.fromEntries(
    layoutOf(host).outputs.map((one, index) => {
      const name = one.name.slice('return_'.length);
      return [name, describeCaptured({ ...one, name }, captured[index])];
    }),
  );

function describeCaptured({ name, kind }: Described, value: Captured[number]): TraceValue {
  if (value === undefined) return 'outside memory';
  if (kind === 'signed') return Number(value) | 0;
  if (kind === 'wide') return Number(value);
  if (kind === 'map') return decodePairs(toBytes(value as string));
  if (kind === 'text') return name === 'path' ? (value as string).replaceAll('\0', '.') : (value as string);
  return describeNumber(name, value as number | bigint);
}
