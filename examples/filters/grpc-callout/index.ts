import {
  Action,
  Decoder,
  GrpcCall,
  HttpFilter,
  Level,
  MessageReader,
  MessageWriter,
  Slice,
  Value,
  Writer,
  callStatus,
  continueRequest,
  envoyGrpc,
  grpcMessage,
  log,
  make,
  request,
  requestHeaders,
  sendText,
} from 'proxy-wasm';

/** An answer has a few bytes; a larger one is refused. */
const ANSWER_BYTES_MAX: i32 = 64 * 1024;


@unmanaged
class Settings {
  cluster: Slice;
  timeoutMs: u32;
}

/**
 * Asks a gRPC service whether a request may pass, and fails closed.
 *
 *   service Checks { rpc Check(Question) returns (Answer); }
 *   message Question { string path = 1; string tenant = 2; }
 *   message Answer { bool allowed = 1; string reason = 2; }
 */
@filter
class GrpcChecks extends HttpFilter<Settings> {
  static configure(decoder: Decoder, value: Value | null): Settings {
    const settings = make<Settings>(decoder.arena);
    const object = decoder.object(value);
    settings.cluster = decoder.name(decoder.required(object, 'cluster'));
    settings.timeoutMs = <u32>decoder.whole(decoder.required(object, 'timeoutMs'), 1, 60000);
    decoder.end(object);
    return settings;
  }

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const path = requestHeaders.first(':path');
    const tenant = requestHeaders.first('x-tenant');
    if (!path || !tenant) return refused('no tenant\n');
    const question = MessageWriter.in(request).bytes(1, path).bytes(2, tenant).done();
    const call = GrpcCall.to(envoyGrpc(this.configuration.cluster, 'checks'), 'example.Checks', 'Check');
    call.headers.add('x-asked-by', 'gateway');
    return this.awaits(call.send(question, this.configuration.timeoutMs)) ? Action.PAUSE : refused('not asked\n');
  }

  onGrpcMessage(token: u32, size: u32): void {
    const message = grpcMessage.all(ANSWER_BYTES_MAX);
    let allowed = false;
    if (message) {
      const reader = MessageReader.of(request, message);
      while (reader.next()) if (reader.field == 1) allowed = reader.number == 1;
      if (reader.wrong) allowed = false;
    }
    if (allowed) continueRequest();
    else refused('not allowed\n');
  }

  onGrpcClose(token: u32, status: u32): void {
    const ended = callStatus();
    const line = Writer.in(request).text('check failed with status ').decimal(status);
    if (ended) line.text(': ').text(ended.message);
    log(Level.WARN, line.done());
    refused('not available\n');
  }
}

function refused(body: Slice): Action {
  sendText(403, 'refused_by_check', body);
  return Action.PAUSE;
}
