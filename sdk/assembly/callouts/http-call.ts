import { proxy_http_call } from '../abi/http-calls';
import { Slice, sliceOf } from '../bytes/slice';
import { succeeded } from '../hostcalls/host-status';
import { HeaderPairs } from '../http/headers';
import { make } from '../memory/arena';
import { request } from '../memory/request';

const TOKEN: usize = memory.data(4, 4);

/**
 * An HTTP call to another service, made by the filter.
 *
 *   const call = HttpCall.to('authz', 'GET', 'authz.internal', '/check');
 *   call.headers.add('x-token', token);
 *   if (!this.awaits(call.send(200))) return this.refuse();
 *   return Action.PAUSE;
 */
@unmanaged
export class HttpCall {
  private cluster: Slice;
  /** The headers, with the pseudo headers already in; add yours. */
  headers: HeaderPairs;
  /** The body; empty for none. Envoy adds the `content-length`. */
  body: Slice;
  /** The trailers, from `HeaderPairs`; empty for none. */
  trailers: Slice;

  /**
   * Sends the call and returns its token, or 0 if it cannot be sent and no answer will come: BAD_ARGUMENT for an
   * unknown cluster or a missing pseudo header. Otherwise an answer always comes, unless the plugin ends first: Envoy
   * answers with 504 after `timeoutMs` (0 waits for ever), and with 503 if it reaches nobody.
   */
  send(timeoutMs: u32): u32 {
    const cluster = this.cluster;
    const headers = this.headers.done();
    const body = this.body;
    const trailers = this.trailers;
    store<u32>(TOKEN, 0);
    const status = proxy_http_call(
      cluster.at,
      cluster.length,
      headers.at,
      headers.length,
      body.at,
      body.length,
      trailers.at,
      trailers.length,
      timeoutMs,
      TOKEN,
    );
    return succeeded(status) ? load<u32>(TOKEN) : 0;
  }

  /**
   * A call to a cluster of the host's configuration. It is in the request's memory, so send it in the same callback.
   */
  static to(cluster: Slice, method: Slice, authority: Slice, path: Slice): HttpCall {
    const call = make<HttpCall>(request);
    call.cluster = cluster;
    call.headers = HeaderPairs.begin();
    call.headers.add(':method', method);
    call.headers.add(':path', path);
    call.headers.add(':authority', authority);
    call.body = sliceOf(request, 0, 0);
    call.trailers = sliceOf(request, 0, 0);
    return call;
  }
}
