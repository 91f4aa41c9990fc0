import { expectAnswer } from './answers';
import { Stream } from './stream';

/** What HTTP and TCP filters have in common. `C` is the class of the configuration. */
@unmanaged
export class Filter<C> extends Stream {
  /** What `configure` returned for the plugin that this stream belongs to. */
  get configuration(): C {
    return changetype<C>(this.plugin!.settings);
  }

  /**
   * Routes the answers of the call that was just made to this stream. Returns the call's token, or 0 if there was no
   * call or 1024 calls of this VM are still unanswered: then no answer will come, and the stream must not wait.
   */
  awaits(token: u32): u32 {
    return token && expectAnswer(token, this.id) ? token : 0;
  }
}

/**
 * The base class of an HTTP filter. The fields of your class are the state of one stream: they are zero when it begins
 * and gone when it ends. Leave out `C` if the filter has no configuration.
 */
@unmanaged
export class HttpFilter<C = usize> extends Filter<C> {}

/** The base class of a TCP filter: its fields are the state of one connection. */
@unmanaged
export class TcpFilter<C = usize> extends Filter<C> {}
