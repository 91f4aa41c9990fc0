import { Decoder, Slice, Value, firstOf, isHeaderName, make, nextOf } from 'proxy-wasm';
import { Fallback, Field } from './policy';

/** It is copied into memory at each use; larger answers want a service of their own. */
const BODY_BYTES_MAX: i32 = 65536;

/** `{"status": 200, "headers": {name: value}, "body": text}`; null where there is none. */
export function decodeFallback(decoder: Decoder, value: Value | null): Fallback | null {
  const object = decoder.object(value);
  if (!object) return null;
  const fallback = make<Fallback>(decoder.arena);
  fallback.status = <u32>decoder.wholeOr(object, 'status', 200, 599, 200);
  const headers = decoder.object(decoder.optional(object, 'headers'));
  fallback.headers = decoder.listOf<Field>(headers);
  for (let item = firstOf(headers); item; item = nextOf(item)) {
    item.read = true;
    const field = make<Field>(decoder.arena);
    field.name = item.name!.lowerCase(decoder.arena);
    field.value = decoder.text(item);
    if (!isHeaderName(field.name) || isOurs(field.name)) decoder.fail(item, 'is not a header that a fallback can have');
    if (!isPlain(field.value)) decoder.fail(item, 'must be printable ASCII');
    fallback.headers.put(item.index, field);
  }
  fallback.body = decoder.text(decoder.optional(object, 'body'));
  if (fallback.body.length > BODY_BYTES_MAX) decoder.fail(object, 'body must not be larger than 64 KiB');
  decoder.end(object);
  return fallback;
}

/** Headers that Envoy frames the answer with, and the one that says why it is given. */
function isOurs(name: Slice): bool {
  if (name.equals('content-length') || name.equals('transfer-encoding') || name.equals('connection')) return true;
  return name.equals('x-tollgate-reason');
}

function isPlain(value: Slice): bool {
  for (let i = 0; i < value.length; i++) {
    if (value.byte(i) < 0x20 || value.byte(i) > 0x7e) return false;
  }
  return true;
}
