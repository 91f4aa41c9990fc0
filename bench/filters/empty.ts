import { Action } from 'proxy-wasm/assembly/abi/status';
import { HttpFilter } from 'proxy-wasm/assembly/lifecycle/filter';


/** Does nothing. */
@filter
class Empty extends HttpFilter {
  onRequestHeaders(): Action {
    return Action.CONTINUE;
  }
}
