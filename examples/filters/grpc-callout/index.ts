import { Action } from 'proxy-wasm/assembly/abi/status';
import { GrpcCall } from 'proxy-wasm/assembly/grpc/call';
import { grpcMessage } from 'proxy-wasm/assembly/grpc/answer';
import { envoyGrpc } from 'proxy-wasm/assembly/grpc/service';
import { callStatus } from 'proxy-wasm/assembly/hostcalls/call-status';
import { Level, log } from 'proxy-wasm/assembly/hostcalls/log';
import { continueRequest } from 'proxy-wasm/assembly/hostcalls/stream';
import { requestHeaders } from 'proxy-wasm/assembly/http/header-map';
import { sendText } from 'proxy-wasm/assembly/http/local-response';
import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Value } from 'proxy-wasm/assembly/json/value';
import { HttpFilter } from 'proxy-wasm/assembly/lifecycle/filter';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';
import { MessageReader } from 'proxy-wasm/assembly/protobuf/reader';
import { MessageWriter } from 'proxy-wasm/assembly/protobuf/writer';

/** An answer to a question of a few bytes; a larger one is none. */
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
    const path = requestHeaders.get(':path');
    const tenant = requestHeaders.get('x-tenant');
    if (!path || !tenant) return refused('no tenant\n');
    const question = MessageWriter.in(request).slice(1, path).slice(2, tenant).done();
    const call = GrpcCall.to(envoyGrpc(this.configuration.cluster, 'checks'), 'example.Checks', 'Check');
    call.add('x-asked-by', 'gateway');
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
    if (ended) line.text(': ').slice(ended.message);
    log(Level.WARN, line.done());
    refused('not available\n');
  }
}

function refused(body: Slice): Action {
  sendText(403, 'refused_by_check', body);
  return Action.PAUSE;
}
