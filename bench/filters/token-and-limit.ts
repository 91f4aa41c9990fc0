import { Action } from 'proxy-wasm/assembly/abi/status';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { monotonicNs } from 'proxy-wasm/assembly/hostcalls/clock';
import { requestHeaders } from 'proxy-wasm/assembly/http/header-map';
import { sendText } from 'proxy-wasm/assembly/http/local-response';
import { HttpFilter } from 'proxy-wasm/assembly/lifecycle/filter';
import { Arena, make } from 'proxy-wasm/assembly/memory/arena';

const REQUESTS: f64 = 4294967295;
const SECOND_NS: f64 = 1e9;


@unmanaged
class Settings {
  token: Slice;
  left: f64;
  filledAt: u64;
}


/** What an rbac filter for a header and a local rate limit do: the configuration is the token, the bucket is the worker's. */
@filter
class TokenAndLimit extends HttpFilter<Settings> {
  static configureText(arena: Arena, text: Slice): Settings | null {
    const settings = make<Settings>(arena);
    settings.token = text.copiedTo(arena);
    settings.left = REQUESTS;
    return settings;
  }

  onRequestHeaders(): Action {
    const settings = this.configuration;
    const token = requestHeaders.get('x-tollgate-token');
    if (!token || !token.equals(settings.token)) return refuse(401);
    const now = monotonicNs();
    settings.left = min(REQUESTS, settings.left + (<f64>(now - settings.filledAt) * REQUESTS) / SECOND_NS);
    settings.filledAt = now;
    if (settings.left < 1) return refuse(429);
    settings.left -= 1;
    return Action.CONTINUE;
  }
}

function refuse(status: u32): Action {
  sendText(status, 'refused', 'refused');
  return Action.PAUSE;
}
