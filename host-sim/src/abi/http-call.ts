import { HeaderMap } from '../http/header-map.js';
import { decodePairs } from '../http/pairs.js';
import { failedCallout } from '../vm/callouts.js';
import { Status } from './status.js';
import { hostFunction } from './table.js';

const REQUIRED = [':path', ':method', ':authority'];

/** Envoy's answer to a callout that its upstream did not answer in time. */
const timedOut = () => failedCallout(504, 'upstream request timeout');

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#http-calls
export const httpCallFunctions = [
  hostFunction(
    'proxy_http_call',
    [
      'upstream_name_data',
      'upstream_name_size',
      'headers_data',
      'headers_size',
      'body_data',
      'body_size',
      'trailers_data',
      'trailers_size',
      'timeout_milliseconds',
      'return_call_id',
    ],
    (vm, ...args: number[]) => {
      const [name, nameSize, headers, headersSize, body, bodySize, trailers, trailersSize, timeout, out] = args as [
        ...[number, number, number, number, number, number, number, number, number, number],
      ];
      const cluster = vm.memory.readText(name, nameSize);
      const map = HeaderMap.request(decodePairs(vm.memory.read(headers, headersSize)));
      const bytes = vm.memory.read(body, bodySize).slice();
      const tail = decodePairs(vm.memory.read(trailers, trailersSize));
      vm.memory.writeU32(out, 0);
      // Envoy: an unknown cluster is told at once, and there is no callback for it.
      if (!vm.host.callouts.has(cluster) || (timeout | 0) < 0) return Status.BadArgument;
      if (REQUIRED.some((required) => !map.has(required))) return Status.BadArgument;
      if (bytes.length > 0) map.set('content-length', String(bytes.length));
      map.set('x-envoy-internal', 'true');
      if (timeout > 0) map.set('x-envoy-expected-rq-timeout-ms', String(timeout));
      const request = { cluster, headers: [...map.entries], body: bytes, trailers: tail };
      const token = vm.callouts.start(vm.rootOf(vm.current()), request, timeout, timedOut);
      vm.memory.writeU32(out, token);
      return Status.Ok;
    },
  ),
];
