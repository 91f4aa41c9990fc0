import { Arena, Decoder, List, Slice, Value, make, property } from 'proxy-wasm';
import { decodeAccess } from '../access/config';
import { AccessPolicy } from '../access/policy';
import { Breakers } from '../breaker/breakers';
import { createCircuits, decodeBreaker } from '../breaker/config';
import { BreakerPolicy } from '../breaker/policy';
import { Call } from '../call/call';
import { Target } from '../call/target';
import { decodeJwt } from '../jwt/config';
import { addKeySets, startFetching } from '../jwt/fetch';
import { KeySetAddresses } from '../jwt/key-set-address';
import { JwtPolicy } from '../jwt/policy';
import { createLedgers, decodeRateLimit } from '../ratelimit/config';
import { RateLimitPolicy } from '../ratelimit/policy';
import { decodeToken } from '../token/config';
import { TokenPolicy } from '../token/policy';
import { createNonceLedgers } from '../token/replay';

/** A target and the policies that govern its calls. A list that is null belongs to a step that has no policy. */
@unmanaged
export class GovernedTarget extends Target {
  access: List<AccessPolicy> | null;
  token: List<TokenPolicy> | null;
  jwt: List<JwtPolicy> | null;
  ratelimit: List<RateLimitPolicy> | null;
  breaker: List<BreakerPolicy> | null;

  /** Reads the policies of the steps that the module has. What it does not read is an unknown field. */
  decode(decoder: Decoder, object: Value | null, provider: bool): void {
    if (isDefined(ACCESS)) this.access = decodeAccess(decoder, object, this);
    if (isDefined(TOKEN)) this.token = decodeToken(decoder, object, this, provider);
    if (isDefined(JWT)) this.jwt = decodeJwt(decoder, object, this);
    if (isDefined(RATELIMIT)) this.ratelimit = decodeRateLimit(decoder, object, this, provider);
    if (isDefined(BREAKER)) this.breaker = decodeBreaker(decoder, object, this, provider);
  }
}

/** What the filter was told, decoded. It lives in an arena of its own until the next one takes its place. */
@unmanaged
export class Configuration {
  /** Before the service that is called; else before the one that calls. */
  provider: bool;
  service: Slice;
  trustedHops: i32;
  targets: List<GovernedTarget>;
  /** Of all targets: the ends of calls ask for them. */
  breakers: Breakers;
  /** Of all targets: ticks ask for them. */
  keySets: KeySetAddresses;

  /** Makes what the policies need beside it, in this arena or outside, once the whole of it is known to be right. */
  start(arena: Arena): void {
    if (isDefined(BREAKER)) this.breakers = Breakers.in(arena);
    if (isDefined(JWT)) this.keySets = make<KeySetAddresses>(arena);
    for (let i = 0; i < this.targets.length; i++) {
      const target = this.targets.at(i);
      if (isDefined(TOKEN)) createNonceLedgers(target.token);
      if (isDefined(RATELIMIT)) createLedgers(target.ratelimit);
      if (isDefined(BREAKER)) createCircuits(target.breaker, this.breakers);
      if (isDefined(JWT)) addKeySets(target.jwt, this.keySets);
    }
    if (isDefined(JWT)) startFetching(this.keySets);
  }

  /** Says to a call what governs it; returns that, null where nothing does. */
  govern(call: Call): GovernedTarget | null {
    const target = this.provider || isDefined(TCP) ? this.targets.at(0) : this.routedTarget();
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
