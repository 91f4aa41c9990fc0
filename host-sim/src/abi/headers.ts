import { decodePairs, encodePairs } from '../http/pairs.js';
import type { Vm } from '../vm/vm.js';
import { Status } from './status.js';
import { hostFunction } from './table.js';

/** 0 request headers, 1 request trailers, 2 response headers, 3 response trailers, 4-7 those of callouts. */
const MAP_TYPE_MAX = 7;
const STREAM_MAP_MAX = 3;
const GRPC_INITIAL = 4;
const GRPC_TRAILING = 5;
const CALL_HEADERS = 6;
const CALL_TRAILERS = 7;

/** The map to write to: only in its phase. */
const writable = (vm: Vm, type: number) => vm.current().stream?.writableMap(type);

/** The map to read from: in its phase, or in proxy_on_log. */
const readable = (vm: Vm, type: number) => {
  // Those of a callout's answer are there in its callback, whatever the effective context.
  if (type === CALL_HEADERS) return vm.callouts.current?.headers;
  if (type === CALL_TRAILERS) return vm.callouts.current?.trailers;
  if (type === GRPC_INITIAL) return vm.grpc.view?.initial;
  if (type === GRPC_TRAILING) return vm.grpc.view?.trailing;
  return vm.current().stream?.readableMap(type);
};

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#http-fields
export const headerFunctions = [
  hostFunction(
    'proxy_get_header_map_value',
    ['map_type', 'key_data', 'key_size', 'return_value_data', 'return_value_size'],
    (vm, type: number, key: number, keySize: number, data: number, size: number) => {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const name = vm.memory.readText(key, keySize);
      const map = readable(vm, type);
      if (!map) return vm.current().stream?.logging ? Status.NotFound : Status.BadArgument;
      const value = map.first(name);
      return value === undefined ? Status.NotFound : vm.giveBytes(value, data, size);
    },
  ),

  hostFunction(
    'proxy_add_header_map_value',
    ['map_type', 'key_data', 'key_size', 'value_data', 'value_size'],
    (vm, type: number, key: number, keySize: number, value: number, valueSize: number) => {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const name = vm.memory.readText(key, keySize);
      const text = vm.memory.readText(value, valueSize);
      const map = writable(vm, type);
      if (!map) return Status.BadArgument;
      map.add(name, text);
      vm.current().stream?.mapChanged(type);
      return Status.Ok;
    },
  ),

  hostFunction(
    'proxy_replace_header_map_value',
    ['map_type', 'key_data', 'key_size', 'value_data', 'value_size'],
    (vm, type: number, key: number, keySize: number, value: number, valueSize: number) => {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const name = vm.memory.readText(key, keySize);
      const text = vm.memory.readText(value, valueSize);
      const map = writable(vm, type);
      if (!map) return Status.BadArgument;
      map.replace(name, text);
      vm.current().stream?.mapChanged(type);
      return Status.Ok;
    },
  ),

  hostFunction(
    'proxy_remove_header_map_value',
    ['map_type', 'key_data', 'key_size'],
    (vm, type: number, key: number, keySize: number) => {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const name = vm.memory.readText(key, keySize);
      const map = writable(vm, type);
      if (!map) return Status.BadArgument;
      map.remove(name);
      vm.current().stream?.mapChanged(type);
      return Status.Ok;
    },
  ),

  hostFunction(
    'proxy_get_header_map_pairs',
    ['map_type', 'return_map_data', 'return_map_size'],
    (vm, type: number, data: number, size: number) => {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      // Envoy: a map out of its phase is Ok and empty here, though BadArgument in every other function.
      const entries = readable(vm, type)?.entries ?? [];
      return vm.giveBytes(entries.length ? encodePairs(entries) : new Uint8Array(0), data, size);
    },
  ),

  hostFunction(
    'proxy_set_header_map_pairs',
    ['map_type', 'map_data', 'map_size'],
    (vm, type: number, data: number, size: number) => {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const pairs = decodePairs(vm.memory.read(data, size));
      const map = writable(vm, type);
      if (!map) return Status.BadArgument;
      map.clear();
      for (const [name, value] of pairs) map.add(name, value);
      vm.current().stream?.mapChanged(type);
      return Status.Ok;
    },
  ),

  hostFunction('proxy_get_header_map_size', ['map_type', 'return_size'], (vm, type: number, out: number) => {
    if (type > MAP_TYPE_MAX) return Status.BadArgument;
    // Envoy: those of callouts have no size, and in proxy_on_log only what the filter stopped.
    const map = type > STREAM_MAP_MAX ? undefined : vm.current().stream?.visibleMap(type);
    if (!map) return Status.BadArgument;
    vm.memory.writeU32(out, map.byteSize);
    return Status.Ok;
  }),
];
