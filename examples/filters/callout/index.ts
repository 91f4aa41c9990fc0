import {
  Action,
  Decoder,
  HttpCall,
  HttpFilter,
  Slice,
  Value,
  continueRequest,
  httpCallHeaders,
  httpCallStatus,
  make,
  requestHeaders,
  sendText,
} from 'proxy-wasm';


@unmanaged
class Settings {
  cluster: Slice;
  timeoutMs: u32;
}

/** Asks a service whether a request may pass. Anything but a clear yes is a no: another status, a timeout, no connection. */
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
    // Only the service decides who the caller is.
    requestHeaders.remove('x-user');
    const token = requestHeaders.first('authorization');
    const path = requestHeaders.first(':path');
    if (!token || !path) return refused();
    const call = HttpCall.to(this.configuration.cluster, 'GET', 'authorisation', '/check');
    call.headers.add('authorization', token);
    call.headers.add('x-path', path);
    return this.awaits(call.send(this.configuration.timeoutMs)) ? Action.PAUSE : refused();
  }

  onHttpCallResponse(): void {
    const user = httpCallHeaders.first('x-user');
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
