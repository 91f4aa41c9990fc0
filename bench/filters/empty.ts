import { Action, HttpFilter } from "proxy-wasm";

/** Does nothing. */
@filter
class Empty extends HttpFilter {
  onRequestHeaders(): Action {
    return Action.CONTINUE;
  }
}
