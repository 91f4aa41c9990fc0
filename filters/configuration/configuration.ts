import { List, Slice, property } from 'proxy-wasm';
import { Call } from '../call/call';
import { GovernedTarget } from './governed-target';

/** What the filter was told, decoded. It lives in an arena of its own until the next one takes its place. */
@unmanaged
export class Configuration {
  /** Before the service that is called; else before the one that calls. */
  provider: bool;
  service: Slice;
  trustedHops: i32;
  targets: List<GovernedTarget>;

  /** Says to a call what governs it; returns that, null where nothing does. */
  govern(call: Call): GovernedTarget | null {
    const target = this.provider ? this.targets.at(0) : this.routedTarget();
    call.target = target;
    // On the consumer side the caller is this node's own service; on the provider side it is nobody until proved.
    if (!this.provider) call.consumer = this.service;
    return target;
  }

  /** On the consumer side: the service to which this request is routed. */
  private routedTarget(): GovernedTarget | null {
    const service = property('xds\0virtual_host_name');
    if (!service) return null;
    for (let i = 0; i < this.targets.length; i++) {
      const target = this.targets.at(i);
      if (target.service.equals(service)) return target;
    }
    return null;
  }
}
