import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { AccessPolicy } from '../access/policy';
import { PathReading } from '../path/reading';
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
  targets: List<Target>;
}

/** The policies that govern the calls of one provider. A list that is null belongs to a step that has no policy. */
@unmanaged
export class Target {
  service: Slice;
  /** How it reads paths. */
  paths: PathReading;
  access: List<AccessPolicy> | null;
  token: List<TokenPolicy> | null;
  jwt: List<JwtPolicy> | null;
  ratelimit: List<RateLimitPolicy> | null;
  breaker: List<BreakerPolicy> | null;
}
