import { Decoder, List, Value } from 'proxy-wasm';
import { decodeAccess } from '../access/config';
import { AccessPolicy } from '../access/policy';
import { decodeBreaker, openBreakers } from '../breaker/config';
import { BreakerPolicy } from '../breaker/policy';
import { Target } from '../call/target';
import { decodeJwt } from '../jwt/config';
import { openKeySets } from '../jwt/fetch';
import { JwtPolicy } from '../jwt/policy';
import { decodeRateLimit, openLimits } from '../ratelimit/config';
import { RateLimitPolicy } from '../ratelimit/policy';
import { decodeToken } from '../token/config';
import { TokenPolicy } from '../token/policy';
import { openReplay } from '../token/replay';

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

  /** Makes what the policies need outside of the configuration, once the whole of that is known to be right. */
  open(): void {
    if (isDefined(TOKEN)) openReplay(this.token);
    if (isDefined(RATELIMIT)) openLimits(this.ratelimit);
    if (isDefined(BREAKER)) openBreakers(this.breaker);
    if (isDefined(JWT)) openKeySets(this.jwt);
  }
}
