import { Action, HttpFilter, Slice, Writer, request, responseBody, responseHeaders } from 'proxy-wasm';

/** Larger answers pass unchanged: they would fill the memory of the VM, which never shrinks. */
const BODY_BYTES_MAX: i32 = 256 * 1024;

/** Writes `***` over the values of "password" in JSON answers. */
@filter
class BodyRewriting extends HttpFilter {
  rewrites: bool;

  onResponseHeaders(count: u32, endOfStream: bool): Action {
    const type = responseHeaders.first('content-type');
    const encoding = responseHeaders.first('content-encoding');
    this.rewrites = !endOfStream && type != null && type.startsWith('application/json') && !encoding;
    // The length will change. Without this header Envoy sends the body in chunks.
    if (this.rewrites) responseHeaders.remove('content-length');
    return Action.CONTINUE;
  }

  onResponseBody(size: u32, endOfStream: bool): Action {
    if (!this.rewrites) return Action.CONTINUE;
    if (<i32>size > BODY_BYTES_MAX) {
      this.rewrites = false;
      return Action.CONTINUE;
    }
    // While we pause, the host keeps what has arrived, and calls again with all of it.
    return endOfStream ? this.rewrite() : Action.PAUSE;
  }

  /** With trailers, the last piece of the body is not the end. */
  onResponseTrailers(count: u32): Action {
    return this.rewrites ? this.rewrite() : Action.CONTINUE;
  }

  private rewrite(): Action {
    const body = responseBody.all(BODY_BYTES_MAX);
    if (body) responseBody.replace(masked(body));
    return Action.CONTINUE;
  }
}

/** A copy in which every string after `"password":` is `***`. */
function masked(body: Slice): Slice {
  const name: Slice = '"password"';
  const writer = Writer.in(request, body.length + 64);
  let from = 0;
  for (let i = 0; i < body.length; i++) {
    if (body.byte(i) != 0x22 || !startsAt(body, i, name)) continue;
    const opening = behindColon(body, i + name.length);
    if (body.byte(opening) != 0x22) continue;
    let end = opening + 1;
    while (end < body.length && body.byte(end) != 0x22) end += body.byte(end) == 0x5c ? 2 : 1;
    writer.bytes(body.at + from, opening + 1 - from).text('***');
    from = min(end, body.length);
    i = from;
  }
  return writer.bytes(body.at + from, body.length - from).done();
}

function startsAt(body: Slice, index: i32, text: Slice): bool {
  return index + text.length <= body.length && memory.compare(body.at + index, text.at, text.length) == 0;
}

/** The index of what follows a colon and blanks; the body's length if there is no colon. */
function behindColon(body: Slice, index: i32): i32 {
  while (isBlank(body.byte(index))) index++;
  if (body.byte(index) != 0x3a) return body.length;
  index++;
  while (isBlank(body.byte(index))) index++;
  return index;
}

function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}
