import { List, Slice, property } from 'proxy-wasm';
import { AccessPolicy } from '../access/policy';
import { Call } from '../call/call';
import { Target } from '../call/target';
import { JwtPolicy } from '../jwt/policy';
import { TokenPolicy } from '../token/policy';
import { RateLimitPolicy } from '../ratelimit/policy';
import { BreakerPolicy } from '../breaker/policy';

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

/** A target and the policies that govern its calls. A list that is null belongs to a step that has no policy. */
@unmanaged
export class GovernedTarget extends Target {
  access: List<AccessPolicy> | null;
  token: List<TokenPolicy> | null;
  jwt: List<JwtPolicy> | null;
  ratelimit: List<RateLimitPolicy> | null;
  breaker: List<BreakerPolicy> | null;
}
