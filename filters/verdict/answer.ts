import { HeaderPairs, Headers, Slice, Writer, request, sendLocalResponse, utf8Length } from 'proxy-wasm';
import { Reason, grpcStatus, httpStatus, reasonText, statusText, stepText } from './reason';

/** More of a caller's own x-request-id is not given back. */
const REQUEST_ID_BYTES_MAX = 256;

/** Answers the request with a refusal. `headers` is null where even they could not be read. */
export function answer(reason: Reason, rule: Slice, headers: Headers | null, pairs: HeaderPairs): void {
  const status = httpStatus(reason);
  const text = reasonText(reason);
  pairs.add('x-tollgate-reason', text);
  let body = text;
  if (!headers || !isGrpc(headers)) {
    pairs.add('content-type', 'application/json');
    body = json(reason, status, rule, headers);
  }
  sendLocalResponse(status, detailsOf(text), body, pairs.done(), grpcStatus(status));
}

/** An answer that a policy brings along, told from the upstream's by its reason. */
export function answerWith(reason: Reason, status: u32, body: Slice, pairs: HeaderPairs): void {
  const text = reasonText(reason);
  pairs.add('x-tollgate-reason', text);
  sendLocalResponse(status, detailsOf(text), body, pairs.done(), grpcStatus(httpStatus(reason)));
}

/** What Envoy's access log and the other filters see: `tollgate_<reason>`. */
function detailsOf(reason: Slice): Slice {
  return Writer.in(request).text('tollgate_').text(reason).done();
}

function json(reason: Reason, status: u32, rule: Slice, headers: Headers | null): Slice {
  const writer = Writer.in(request, 512);
  writer.text('{"error":"').text(statusText(status));
  writer.text('","reason":"').text(reasonText(reason));
  writer.text('","filter":"').text(stepText(reason));
  writer.text('","rule":"');
  writeEscaped(writer, rule);
  writer.text('","requestId":"');
  const id = headers ? headers.first('x-request-id') : null;
  if (id) writeEscaped(writer, id.length > REQUEST_ID_BYTES_MAX ? id.part(request, 0, REQUEST_ID_BYTES_MAX) : id);
  // For whoever reads it in a terminal.
  return writer.text('"}\n').done();
}

/** Envoy's own notion of a gRPC caller: `application/grpc`, or that with `+` and an encoding. */
export function isGrpc(headers: Headers): bool {
  const type = headers.first('content-type');
  return type != null && type.startsWith('application/grpc') && (type.length == 16 || type.byte(16) == 0x2b);
}

/** As the inside of a JSON string; bytes that are not UTF-8 become U+FFFD, so that the answer is JSON whatever was sent. */
export function writeEscaped(writer: Writer, text: Slice): void {
  let written = 0;
  for (let i = 0; i < text.length;) {
    const byte: u32 = load<u8>(text.at + i);
    const length = byte < 0x80 ? 1 : utf8Length(text.at + i, text.at + text.length);
    if (length && byte >= 0x20 && byte != 0x7f && byte != 0x22 && byte != 0x5c) {
      i += length;
      continue;
    }
    writer.bytes(text.at + written, i - written);
    if (!length) writer.text('\\ufffd');
    else if (byte == 0x22 || byte == 0x5c) writer.byte(0x5c).byte(byte);
    else
      writer
        .text('\\u00')
        .byte(0x30 + (byte >> 4))
        .byte(hexLetter(byte & 15));
    written = ++i;
  }
  writer.bytes(text.at + written, text.length - written);
}

function hexLetter(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
