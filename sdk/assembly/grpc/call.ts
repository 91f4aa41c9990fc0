import {
  proxy_grpc_call,
  proxy_grpc_cancel,
  proxy_grpc_close,
  proxy_grpc_send,
  proxy_grpc_stream,
} from '../abi/grpc-calls';
import { Slice, sliceOf } from '../bytes/slice';
import { kept, succeeded } from '../hostcalls/host-status';
import { HeaderPairs } from '../http/headers';
import { make } from '../memory/arena';
import { request } from '../memory/request';

const TOKEN: usize = memory.data(4, 4);

/**
 * A call to a method of a gRPC service, or a stream of messages to and from it.
 *
 *   const call = GrpcCall.to(envoyGrpc('authz', 'authz.internal'), 'tollgate.Check', 'Ask');
 *   if (!this.awaits(call.send(message, 200))) return this.refuse();
 *   return Action.PAUSE;
 */
@unmanaged
export class GrpcCall {
  private service: Slice;
  private name: Slice;
  private method: Slice;
  private metadata: HeaderPairs | null;

  /** The headers of the call: `call.headers.add('x-tenant', tenant)`. */
  get headers(): HeaderPairs {
    let metadata = this.metadata;
    if (!metadata) {
      metadata = HeaderPairs.begin();
      this.metadata = metadata;
    }
    return metadata;
  }

  /**
   * Sends one message and returns the call's token, or 0 if it cannot be sent (PARSE_FAILURE for an unknown cluster).
   * What comes is either one message (`onGrpcMessage`) or a failure (`onGrpcClose`, with status 14 if nobody answered
   * within `timeoutMs`), never both.
   */
  send(message: Slice, timeoutMs: u32): u32 {
    const service = this.service;
    const name = this.name;
    const method = this.method;
    const pairs = this.pairs();
    store<u32>(TOKEN, 0);
    const status = proxy_grpc_call(
      service.at,
      service.length,
      name.at,
      name.length,
      method.at,
      method.length,
      pairs.at,
      pairs.length,
      message.at,
      message.length,
      timeoutMs,
      TOKEN,
    );
    return succeeded(status) ? load<u32>(TOKEN) : 0;
  }

  /**
   * Starts a stream of messages and returns its token, or 0 if it cannot be started. What comes is initial metadata,
   * messages, trailing metadata, and always `onGrpcClose` last, with status 0 too.
   */
  startStream(): u32 {
    const service = this.service;
    const name = this.name;
    const method = this.method;
    const pairs = this.pairs();
    store<u32>(TOKEN, 0);
    const status = proxy_grpc_stream(
      service.at,
      service.length,
      name.at,
      name.length,
      method.at,
      method.length,
      pairs.at,
      pairs.length,
      TOKEN,
    );
    return succeeded(status) ? load<u32>(TOKEN) : 0;
  }

  private pairs(): Slice {
    const metadata = this.metadata;
    return metadata ? metadata.done() : sliceOf(request, 0, 0);
  }

  /** A call to the service with this full name. It is in the request's memory, so send it in the same callback. */
  static to(service: Slice, name: Slice, method: Slice): GrpcCall {
    const call = make<GrpcCall>(request);
    call.service = service;
    call.name = name;
    call.method = method;
    return call;
  }
}

/**
 * Sends a message on a stream; with `end` it is the last one. NOT_FOUND or BAD_ARGUMENT if there is no such stream any
 * more.
 */
export function grpcSend(token: u32, message: Slice, end: bool): u32 {
  return kept(proxy_grpc_send(token, message.at, message.length, end));
}

/** Says that no more messages will be sent on a stream. What the server sends still comes. */
export function grpcClose(token: u32): u32 {
  return kept(proxy_grpc_close(token));
}

/** Cancels a call or a stream: nothing more comes. */
export function grpcCancel(token: u32): u32 {
  return kept(proxy_grpc_cancel(token));
}
