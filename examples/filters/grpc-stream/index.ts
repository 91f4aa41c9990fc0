import { Action } from 'proxy-wasm/assembly/abi/status';
import { grpcInitialMetadata, grpcMessage, grpcTrailingMetadata } from 'proxy-wasm/assembly/grpc/answer';
import { GrpcCall, grpcClose, grpcSend } from 'proxy-wasm/assembly/grpc/call';
import { envoyGrpc } from 'proxy-wasm/assembly/grpc/service';
import { callStatus } from 'proxy-wasm/assembly/hostcalls/call-status';
import { Level, log } from 'proxy-wasm/assembly/hostcalls/log';
import { continueRequest } from 'proxy-wasm/assembly/hostcalls/stream';
import { requestHeaders } from 'proxy-wasm/assembly/http/header-map';
import { sendText } from 'proxy-wasm/assembly/http/local-response';
import { HttpFilter } from 'proxy-wasm/assembly/lifecycle/filter';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';

const MESSAGE_BYTES_MAX: i32 = 64 * 1024;

/** Sends a request's path and tenant as two messages of one stream, logs what comes back, and goes on when the stream ends well. */
@filter
class GrpcStream extends HttpFilter {
  messages: u32;

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const path = requestHeaders.get(':path');
    const tenant = requestHeaders.get('x-tenant');
    const call = GrpcCall.to(envoyGrpc('checks', 'checks'), 'example.Checks', 'Watch');
    const token = this.awaits(call.open());
    if (!token || !path || !tenant) return refused();
    grpcSend(token, path, false);
    grpcSend(token, tenant, false);
    grpcClose(token);
    return Action.PAUSE;
  }

  onGrpcInitialMetadata(token: u32, count: u32): void {
    say('initial metadata', grpcInitialMetadata.get('x-first'));
  }

  onGrpcMessage(token: u32, size: u32): void {
    this.messages++;
    say('message', grpcMessage.all(MESSAGE_BYTES_MAX));
  }

  onGrpcTrailingMetadata(token: u32, count: u32): void {
    say('trailing metadata', grpcTrailingMetadata.get('x-last'));
  }

  onGrpcClose(token: u32, status: u32): void {
    const ended = callStatus();
    say('closed', ended ? ended.message : null);
    if (status != 0 || !this.messages) {
      refused();
      return;
    }
    requestHeaders.set('x-messages', Writer.in(request).decimal(this.messages).done());
    continueRequest();
  }
}

function say(what: Slice, value: Slice | null): void {
  const line = Writer.in(request).text(what).text(': ');
  if (value) line.slice(value);
  log(Level.INFO, line.done());
}

function refused(): Action {
  sendText(503, 'no_checks', 'no checks\n');
  return Action.PAUSE;
}
