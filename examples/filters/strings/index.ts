import { Action, HttpFilter, Slice, request, requestHeaders, textSlice } from 'proxy-wasm';

/** Calls by tenant, of this VM. */
const calls = new Map<string, i32>();
/** Limited, so that nobody can fill the memory by sending a new tenant each time. */
const TENANTS_MAX: i32 = 1000;

/** Tells the application in `x-summary` which tenant calls, how often it has, and the words of the path, longest first. */
@filter
class Strings extends HttpFilter {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const tenant = textOf(requestHeaders.first('x-tenant')).trim().toLowerCase();
    const known = calls.has(tenant);
    if (known || calls.size < TENANTS_MAX) calls.set(tenant, known ? calls.get(tenant) + 1 : 1);
    const words = textOf(requestHeaders.first(':path'))
      .split('/')
      .filter((word) => word.length > 0)
      .sort((a, b) => b.length - a.length);
    const number = calls.has(tenant) ? calls.get(tenant).toString() : 'many';
    requestHeaders.set(
      'x-summary',
      textSlice(request, `${tenant.length ? tenant : 'nobody'} ${number}: ${words.join(' ')}`),
    );
    return Action.CONTINUE;
  }
}

/** Bytes that are not UTF-8 become U+FFFD. */
function textOf(bytes: Slice | null): string {
  return bytes ? String.UTF8.decodeUnsafe(bytes.at, bytes.length) : '';
}
