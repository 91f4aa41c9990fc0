import { Status } from '../abi/status.js';
import { toBytes, u64 } from '../bytes.js';
import type { Context, ContextStream } from '../vm/context.js';
import { grpcStatusFromHttp } from './grpc-status.js';
import type { HeaderEntry, HeaderMap } from './header-map.js';
import { encodePairs } from './pairs.js';
import type { StreamInfo } from './stream-info.js';

/**
 * What a property path leads to. Envoy: an `object` can be walked into but not printed (SerializationFailure), a `map`
 * can be both, everything else ends the path. `whole` is a message that prints as its bytes.
 */
export type PropertyValue =
  | Uint8Array
  | string
  | bigint
  | number
  | boolean
  | { object: (name: string) => PropertyValue | undefined; whole?: Uint8Array }
  | { map: HeaderEntry[] };

const object = (fields: Record<string, () => PropertyValue | undefined>): PropertyValue => ({
  object: (name) => (Object.hasOwn(fields, name) ? fields[name]?.() : undefined),
});
const EMPTY_MESSAGE = new Uint8Array(0);

/** `path` has its parts joined by NUL, as in the ABI. The answer is the bytes, or the status that Envoy gives. */
export function readProperty(path: string, context: Context): Uint8Array | Status {
  const parts = path.split('\0');
  // A NUL at the end, or no path at all, names the object before it.
  if (parts.at(-1) === '') parts.pop();
  if (parts.length === 0) return Status.SerializationFailure;
  const override = context.stream?.info.overrides.get(parts.join('.'));
  if (override) return override;
  let value = rootProperty(parts[0] as string, context);
  for (const part of parts.slice(1)) {
    if (value === undefined) break;
    value = walkProperty(value, part);
  }
  if (value === undefined) return Status.NotFound;
  return serialize(value);
}

/** A field of a value; undefined when it has none of that name. */
export function walkProperty(value: PropertyValue, part: string): PropertyValue | undefined {
  if (typeof value !== 'object' || value instanceof Uint8Array) return undefined;
  if ('object' in value) return value.object(part);
  const found = value.map.filter(
    ([name]) => name === part.toLowerCase() || (name === ':authority' && part.toLowerCase() === 'host'),
  );
  return found.length > 0 ? found.map(([, text]) => text).join(',') : undefined;
}

function serialize(value: PropertyValue): Uint8Array | Status {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return toBytes(value);
  if (typeof value === 'bigint' || typeof value === 'number') return u64(value);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0);
  if ('map' in value) return encodePairs(value.map);
  return value.whole ?? Status.SerializationFailure;
}

/** Top-level names; without a stream only those of the plugin and the node are there. */
export function rootProperty(name: string, context: Context): PropertyValue | undefined {
  const { plugin, stream } = context;
  if (name === 'plugin_name') return plugin.name;
  if (name === 'plugin_root_id') return plugin.rootId;
  if (name === 'plugin_vm_id') return plugin.vmId;
  if (name === 'xds') return xds(context);
  if (!stream) return undefined;
  const { info } = stream;
  if (name === 'request') return request(stream);
  if (name === 'response') return response(stream);
  if (name === 'source') return endpoint(info.peer);
  if (name === 'destination') return endpoint(info.local);
  if (name === 'connection') return connection(info);
  if (name === 'connection_id') return info.connectionId;
  if (name === 'upstream') return upstream(info);
  if (name === 'metadata')
    return { object: (part) => (part === 'filter_metadata' ? { map: [] } : undefined), whole: EMPTY_MESSAGE };
  if (name === 'filter_state') return { object: (part) => filterState(info, part) };
  if (name === 'upstream_filter_state' && info.upstream) return { object: () => undefined };
  return info.filterState.get(name);
}

/** Envoy: what filters set has a prefix here. */
const filterState = (info: StreamInfo, name: string): PropertyValue | undefined =>
  info.objects.get(name) ?? (name.startsWith('wasm.') ? info.filterState.get(name.slice('wasm.'.length)) : undefined);

function request(stream: ContextStream): PropertyValue {
  const { info } = stream;
  const headers = stream.readableMap(0);
  const path = () => headers?.first(':path');
  return object({
    path,
    url_path: () => path()?.split('?')[0],
    query: () => path()?.replace(/^[^?]*\??/, ''),
    host: () => headers?.first(':authority'),
    scheme: () => headers?.first(':scheme'),
    method: () => headers?.first(':method'),
    headers: () => mapOf(headers),
    referer: () => headers?.first('referer'),
    useragent: () => headers?.first('user-agent'),
    id: () => headers?.first('x-request-id'),
    time: () => info.startWallNs,
    protocol: () => info.protocol,
    size: () => info.requestBytes,
    total_size: () => info.requestBytes + (headers?.byteSize ?? 0),
    duration: () => (info.endMonotonicNs === undefined ? undefined : info.endMonotonicNs - info.startMonotonicNs),
  });
}

function response(stream: ContextStream): PropertyValue {
  const { info } = stream;
  const headers = stream.readableMap(2);
  return object({
    code: () => info.responseCode,
    code_details: () => info.responseCodeDetails,
    flags: () => info.responseFlags,
    headers: () => mapOf(headers),
    trailers: () => mapOf(stream.readableMap(3)),
    size: () => info.responseBytes,
    total_size: () => info.responseBytes + (headers?.byteSize ?? 0),
    grpc_status: () => grpcStatus(headers, info),
    backend_latency: () => (info.endMonotonicNs === undefined ? undefined : info.backendLatencyNs),
  });
}

function grpcStatus(headers: HeaderMap | undefined, info: StreamInfo): number | undefined {
  const written = headers?.first('grpc-status');
  if (written !== undefined && /^\d+$/.test(written)) return Number(written);
  // Envoy: without a trailer it is worked out from the HTTP status, also for a client that does not speak gRPC.
  return info.responseCode === undefined ? undefined : grpcStatusFromHttp(info.responseCode);
}

function connection(info: StreamInfo): PropertyValue {
  return object({ id: () => info.connectionId, mtls: () => false, requested_server_name: () => '' });
}

function upstream(info: StreamInfo): PropertyValue {
  return object({
    address: () => info.upstream?.address,
    port: () => (info.upstream ? portOf(info.upstream.address) : undefined),
    local_address: () => info.upstream?.localAddress,
    request_attempt_count: () => info.upstreamAttempts,
    transport_failure_reason: () => (info.upstream ? (info.upstream.failureReason ?? '') : undefined),
  });
}

function xds({ stream, node }: Context): PropertyValue {
  const info = stream?.info;
  const route = info?.route;
  return object({
    node: () => object({ id: () => node.id, cluster: () => node.cluster }),
    cluster_name: () => route?.clusterName,
    route_name: () => route?.routeName,
    virtual_host_name: () => route?.virtualHostName,
    listener_direction: () => info?.listener.direction,
    filter_chain_name: () => info?.listener.filterChainName,
    listener_metadata: () => (info ? EMPTY_MESSAGE : undefined),
    route_metadata: () => (route ? EMPTY_MESSAGE : undefined),
    cluster_metadata: () => (route ? EMPTY_MESSAGE : undefined),
    upstream_host_metadata: () => (info?.upstream ? { object: () => undefined } : undefined),
  });
}

const mapOf = (headers: HeaderMap | undefined): PropertyValue => ({ map: [...(headers?.entries ?? [])] });
const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));
const endpoint = (address: string): PropertyValue => object({ address: () => address, port: () => portOf(address) });
