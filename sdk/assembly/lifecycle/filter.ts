import { expectAnswer } from './answers';
import { Stream } from './stream';

/** What filters of either kind have. `C` is the class of the plugin's configuration. */
@unmanaged
export class Filter<C> extends Stream {
  /** What `configure` made for the plugin that this stream belongs to. */
  get configuration(): C {
    return changetype<C>(this.plugin!.settings);
  }

  /** Has the answers to a call that was just made come to this stream. Returns the call's token. */
  awaits(token: u32): u32 {
    if (token) expectAnswer(token, this.id);
    return token;
  }
}

/**
 * The base of a filter's class. Its fields are the state of one HTTP stream: zero when the stream begins, kept in a slot
 * of the VM's stream table until it ends. A filter that is told nothing leaves `C` out.
 */
@unmanaged
export class HttpFilter<C = usize> extends Filter<C> {}

/** The same for one TCP connection. */
@unmanaged
export class TcpFilter<C = usize> extends Filter<C> {}
