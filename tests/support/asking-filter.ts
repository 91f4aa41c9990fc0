/** A filter in AssemblyScript that counts its requests, marks them, and asks the cluster `authz` about those with `x-ask`. */
export const askingFilter = `
@external("env", "proxy_log") declare function log(level: u32, text: usize, size: usize): u32;
@external("env", "proxy_define_metric") declare function define(type: u32, name: usize, size: usize, id: usize): u32;
@external("env", "proxy_increment_metric") declare function increment(id: u32, by: i64): u32;
@external("env", "proxy_add_header_map_value") declare function add(map: u32, name: usize, nameSize: usize, value: usize, size: usize): u32;
@external("env", "proxy_get_header_map_value") declare function get(map: u32, name: usize, nameSize: usize, value: usize, size: usize): u32;
@external("env", "proxy_http_call") declare function call(
  to: usize, toSize: usize, head: usize, headSize: usize, body: usize, bodySize: usize, tail: usize, tailSize: usize, ms: u32, id: usize,
): u32;
@external("env", "proxy_continue_stream") declare function resume(stream: u32): u32;
@external("env", "proxy_set_effective_context") declare function enter(id: u32): u32;
@external("env", "proxy_send_local_response") declare function reply(
  status: u32, details: usize, detailsSize: usize, body: usize, bodySize: usize, head: usize, headSize: usize, grpc: i32,
): u32;

const out = memory.data(16);
let hits: u32 = 0;
let asking: u32 = 0;

@inline function at(text: ArrayBuffer): usize { return changetype<usize>(text); }
function bytes(text: string): ArrayBuffer { return String.UTF8.encode(text); }
function say(text: string): void { const line = bytes(text); log(2, at(line), line.byteLength); }
function has(name: string): bool { const key = bytes(name); return get(0, at(key), key.byteLength, out, out + 4) == 0; }

function pairs(texts: string[]): ArrayBuffer {
  const count = texts.length / 2;
  let size = 4 + 8 * count;
  for (let i = 0; i < texts.length; i++) size += String.UTF8.byteLength(texts[i]) + 1;
  const list = new ArrayBuffer(size);
  store<u32>(at(list), count);
  let end = at(list) + 4 + 8 * count;
  for (let i = 0; i < texts.length; i++) {
    const text = bytes(texts[i]);
    store<u32>(at(list) + 4 + 4 * i, text.byteLength);
    memory.copy(end, at(text), text.byteLength);
    end += text.byteLength + 1;
  }
  return list;
}

export function proxy_on_configure(root: u32, size: u32): u32 {
  const name = bytes("asking.hits");
  define(0, at(name), name.byteLength, out);
  hits = load<u32>(out);
  say("configured with " + size.toString() + " bytes");
  return 1;
}

export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 {
  increment(hits, 1);
  const name = bytes("x-added");
  const value = bytes("yes");
  add(0, at(name), name.byteLength, at(value), value.byteLength);
  if (!has("x-ask")) return 0;
  say("asks");
  asking = id;
  const to = bytes("authz");
  const head = pairs([":method", "GET", ":path", "/check", ":authority", "authz"]);
  const none = pairs([]);
  call(at(to), to.byteLength, at(head), head.byteLength, 0, 0, at(none), none.byteLength, 1000, out);
  return 1;
}

export function proxy_on_http_call_response(root: u32, call: u32, headers: u32, body: u32, trailers: u32): void {
  const name = bytes(":status");
  get(6, at(name), name.byteLength, out, out + 4);
  const good = load<u8>(load<usize>(out)) == 0x32;
  enter(asking);
  if (good) { resume(0); return; }
  const text = bytes("not allowed");
  const none = pairs([]);
  reply(403, at(text), text.byteLength, at(text), text.byteLength, at(none), none.byteLength, -1);
}
`;
