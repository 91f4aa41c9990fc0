import { Action } from 'proxy-wasm/assembly/abi/status';
import { httpCallHeaders, httpCallStatus } from 'proxy-wasm/assembly/callouts/answer';
import { HttpCall } from 'proxy-wasm/assembly/callouts/http-call';
import { continueRequest } from 'proxy-wasm/assembly/hostcalls/stream';
import { requestHeaders } from 'proxy-wasm/assembly/http/header-map';
import { sendText } from 'proxy-wasm/assembly/http/local-response';
import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Value } from 'proxy-wasm/assembly/json/value';
import { HttpFilter } from 'proxy-wasm/assembly/lifecycle/filter';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';


@unmanaged
class Settings {
  cluster: Slice;
  timeoutMs: u32;
}

/** Asks a service whether a request may pass. Whatever is not a plain yes is a no: another status, a timeout, nobody there. */
@filter
class Authorisation extends HttpFilter<Settings> {
  static configure(decoder: Decoder, value: Value | null): Settings {
    const settings = make<Settings>(decoder.arena);
    const object = decoder.object(value);
    settings.cluster = decoder.name(decoder.required(object, 'cluster'));
    settings.timeoutMs = <u32>decoder.whole(decoder.required(object, 'timeoutMs'), 1, 60000);
    decoder.end(object);
    return settings;
  }

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    // Only the service says who the caller is.
    requestHeaders.remove('x-user');
    const token = requestHeaders.get('authorization');
    const path = requestHeaders.get(':path');
    if (!token || !path) return refused();
    const call = HttpCall.to(this.configuration.cluster, 'GET', 'authorisation', '/check');
    call.headers.add('authorization', token);
    call.headers.add('x-path', path);
    return this.awaits(call.send(this.configuration.timeoutMs)) ? Action.PAUSE : refused();
  }

  onHttpCallResponse(): void {
    const user = httpCallHeaders.get('x-user');
    if (httpCallStatus() != 200 || !user) {
      refused();
      return;
    }
    requestHeaders.set('x-user', user);
    continueRequest();
  }
}

function refused(): Action {
  sendText(403, 'not_authorised', 'not authorised\n');
  return Action.PAUSE;
}
