import { Action, HeaderMapType } from 'proxy-wasm/assembly/abi/status';
import { Slice, textSlice } from 'proxy-wasm/assembly/bytes/slice';
import { monotonicNs } from 'proxy-wasm/assembly/hostcalls/clock';
import { pluginConfiguration } from 'proxy-wasm/assembly/hostcalls/configuration';
import { HeaderPairs, Headers } from 'proxy-wasm/assembly/http/headers';
import { sendLocalResponse } from 'proxy-wasm/assembly/http/local-response';
import { enter, request } from 'proxy-wasm/assembly/memory/request';

export { proxy_abi_version_0_2_1, proxy_on_memory_allocate } from 'proxy-wasm/assembly/lifecycle/index';

/** What an rbac filter for a header and a local rate limit do: the configuration is the token, the bucket is the worker's. */
const REQUESTS: f64 = 4294967295;
const SECOND_NS: f64 = 1e9;
const TOKEN: usize = memory.data(1024);
let tokenLength: i32 = 0;
let left: f64 = REQUESTS;
let filledAt: u64 = 0;

export function proxy_on_configure(root: u32, length: u32): u32 {
  enter();
  const token = pluginConfiguration(length);
  if (!token || token.length > 1024) return 0;
  memory.copy(TOKEN, token.at, token.length);
  tokenLength = token.length;
  return 1;
}

export function proxy_on_request_headers(stream: u32, headers: u32, endOfStream: u32): u32 {
  enter();
  const read = Headers.read(HeaderMapType.REQUEST_HEADERS);
  const token = read ? read.first('x-tollgate-token') : null;
  if (!token || !isToken(token)) return refuse(401);
  const now = monotonicNs();
  left = min(REQUESTS, left + (<f64>(now - filledAt) * REQUESTS) / SECOND_NS);
  filledAt = now;
  if (left < 1) return refuse(429);
  left -= 1;
  return Action.CONTINUE;
}

function isToken(token: Slice): bool {
  return token.length == tokenLength && memory.compare(token.at, TOKEN, tokenLength) == 0;
}

function refuse(status: u32): u32 {
  const text = textSlice(request, 'refused');
  sendLocalResponse(status, text, text, HeaderPairs.begin().done(), -1);
  return Action.PAUSE;
}
