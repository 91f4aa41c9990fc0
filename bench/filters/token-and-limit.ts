import {
  Action,
  Arena,
  HttpFilter,
  Slice,
  make,
  monotonicNs,
  requestHeaders,
  sendText,
} from "proxy-wasm";

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
    const token = requestHeaders.first("x-tollgate-token");
    if (!token || !token.equals(settings.token)) return refuse(401);
    const now = monotonicNs();
    settings.left = min(
      REQUESTS,
      settings.left + (<f64>(now - settings.filledAt) * REQUESTS) / SECOND_NS,
    );
    settings.filledAt = now;
    if (settings.left < 1) return refuse(429);
    settings.left -= 1;
    return Action.CONTINUE;
  }
}

function refuse(status: u32): Action {
  sendText(status, "refused", "refused");
  return Action.PAUSE;
}
