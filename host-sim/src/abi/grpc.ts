import { fromBytes } from '../bytes.js';
import { SimulatorError } from '../errors.js';
import { type HeaderEntry, HeaderMap } from '../http/header-map.js';
import { decodePairs } from '../http/pairs.js';
import type { Vm } from '../vm/vm.js';
import { readFields, readRepeated } from './protobuf.js';
import { Status, StatusFault } from './status.js';
import { hostFunction } from './table.js';

const CALLEE = [
  'service_data',
  'service_size',
  'service_name_data',
  'service_name_size',
  'method_data',
  'method_size',
  'initial_metadata_data',
  'initial_metadata_size',
];

interface Service {
  cluster: string;
  authority: string;
  metadata: HeaderEntry[];
}

/**
 * Envoy: the service is a serialized GrpcService, or where it is none, a cluster's name.
 *
 *   GrpcService  1 envoy_grpc { 1 cluster_name · 2 authority } · 2 google_grpc · 5 initial_metadata { 1 key · 2 value }
 */
function readService(bytes: Uint8Array, has: (cluster: string) => boolean): Service {
  if (bytes.length === 0) {
    throw new SimulatorError('envoy_crash', 'a gRPC call to the service "": Envoy 1.40 dies of it (unset oneof)');
  }
  const fields = readFields(bytes);
  if (!fields || ![...fields.keys()].every((number) => number > 0 && number <= 6)) {
    const cluster = fromBytes(bytes);
    // Envoy: a name that is not known is told by the parser's status.
    if (!has(cluster)) throw new StatusFault(Status.ParseFailure);
    return { cluster, authority: cluster, metadata: [] };
  }
  const envoy = fields.get(1);
  if (!(envoy instanceof Uint8Array)) {
    throw new SimulatorError('not_simulated', 'a gRPC service other than envoy_grpc');
  }
  const target = readFields(envoy);
  if (!target) throw new StatusFault(Status.ParseFailure);
  const text = (number: number) => {
    const value = target.get(number);
    return value instanceof Uint8Array ? fromBytes(value) : '';
  };
  const metadata = readRepeated(bytes, 5).map((pair): HeaderEntry => {
    const entry = readFields(pair);
    const part = (number: number) => fromBytes((entry?.get(number) as Uint8Array | undefined) ?? new Uint8Array());
    return [part(1), part(2)];
  });
  return { cluster: text(1), authority: text(2) || text(1), metadata };
}

function start(vm: Vm, args: readonly number[], out: number, timeoutMs?: number, message?: Uint8Array): Status {
  const read = (index: number) => vm.memory.read(args[index] as number, args[index + 1] as number);
  const bytes = read(0).slice();
  const path = `/${fromBytes(read(2))}/${fromBytes(read(4))}`;
  const metadata = decodePairs(read(6));
  const service = readService(bytes, (cluster) => vm.grpc.clusters.has(cluster));
  const headers = HeaderMap.request([
    [':method', 'POST'],
    [':path', path],
    [':authority', service.authority],
    [':scheme', 'http'],
    ['te', 'trailers'],
    ...(timeoutMs === undefined ? [] : [['grpc-timeout', `${timeoutMs}m`] as const]),
    ['content-type', 'application/grpc'],
    ...service.metadata,
    ...metadata,
    ['x-envoy-internal', 'true'],
    ...(timeoutMs ? [['x-envoy-expected-rq-timeout-ms', String(timeoutMs)] as const] : []),
  ]);
  const id = vm.grpc.start({ cluster: service.cluster, headers: [...headers.entries] }, timeoutMs ?? 0, message);
  if (id === undefined) return Status.InternalFailure;
  vm.memory.writeU32(out, id);
  return Status.Ok;
}

const STATUS_OF = { ok: Status.Ok, argument: Status.BadArgument, missing: Status.NotFound } as const;

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#grpc-calls
export const grpcFunctions = [
  hostFunction(
    'proxy_grpc_call',
    [...CALLEE, 'message_data', 'message_size', 'timeout_milliseconds', 'return_call_id'],
    (vm, ...args: number[]) => {
      const [message, size, timeout, out] = args.slice(CALLEE.length) as [number, number, number, number];
      return start(vm, args, out, timeout, vm.memory.read(message, size).slice());
    },
  ),

  hostFunction('proxy_grpc_stream', [...CALLEE, 'return_stream_id'], (vm, ...args: number[]) =>
    start(vm, args, args[CALLEE.length] as number),
  ),

  hostFunction(
    'proxy_grpc_send',
    ['stream_id', 'message_data', 'message_size', 'end_of_stream'],
    (vm, id: number, message: number, size: number, end: number) =>
      STATUS_OF[vm.grpc.send(id, vm.memory.read(message, size).slice(), end !== 0)],
  ),

  hostFunction('proxy_grpc_cancel', ['call_or_stream_id'], (vm, id: number) => STATUS_OF[vm.grpc.cancel(id)]),

  hostFunction('proxy_grpc_close', ['call_or_stream_id'], (vm, id: number) => STATUS_OF[vm.grpc.finish(id)]),
];
