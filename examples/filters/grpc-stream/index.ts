import {
  Action,
  GrpcCall,
  HttpFilter,
  Level,
  Slice,
  Writer,
  callStatus,
  continueRequest,
  envoyGrpc,
  grpcClose,
  grpcInitialMetadata,
  grpcMessage,
  grpcSend,
  grpcTrailingMetadata,
  log,
  request,
  requestHeaders,
  sendText,
} from 'proxy-wasm';

const MESSAGE_BYTES_MAX: i32 = 64 * 1024;

/** Sends a request's path and tenant as two messages of one stream, logs the replies, and continues if the stream ends with OK. */
@filter
class GrpcStream extends HttpFilter {
  messages: u32;

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const path = requestHeaders.first(':path');
    const tenant = requestHeaders.first('x-tenant');
    const call = GrpcCall.to(envoyGrpc('checks', 'checks'), 'example.Checks', 'Watch');
    const token = this.awaits(call.startStream());
    if (!token || !path || !tenant) return refused();
    grpcSend(token, path, false);
    grpcSend(token, tenant, false);
    grpcClose(token);
    return Action.PAUSE;
  }

  onGrpcInitialMetadata(token: u32, count: u32): void {
    say('initial metadata', grpcInitialMetadata.first('x-first'));
  }

  onGrpcMessage(token: u32, size: u32): void {
    this.messages++;
    say('message', grpcMessage.all(MESSAGE_BYTES_MAX));
  }

  onGrpcTrailingMetadata(token: u32, count: u32): void {
    say('trailing metadata', grpcTrailingMetadata.first('x-last'));
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
  if (value) line.text(value);
  log(Level.INFO, line.done());
}

function refused(): Action {
  sendText(503, 'no_checks', 'no checks\n');
  return Action.PAUSE;
}
