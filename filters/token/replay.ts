import { Decoder, List, Slice, Value, Writer, make, monotonicNs, request } from 'proxy-wasm';
import { Target } from '../call/target';
import { Algorithm, Rate } from '../ratelimit/bucket';
import { Claim } from '../ratelimit/claim';
import { Outcome } from '../ratelimit/claim-base';
import { beginTurn } from '../ratelimit/copies';
import { fingerprint } from '../ratelimit/key';
import { createLedger, sharedName } from '../ratelimit/ledger';
import { Limit } from '../ratelimit/policy';
import { Reason } from '../verdict/reason';
import { TokenPolicy } from './policy';

const MS_NS: u64 = 1000000;
/** A week, as in the policy language. */
const WINDOW_MS_MAX: u64 = 604800000;
/** A nonce is forgotten later than its token expires, whatever a clock rounds. */
const MARGIN_NS: u64 = 1000000000;
const NONCES_MAX: u64 = 1000000;
const NONCES_DEFAULT: u32 = 250000;

/**
 * A nonce may come once in a window: that is a limit of one request for each nonce. So it is as exact over workers, and its
 * memory as bounded: where no place is left, newcomers share one, which refuses all of them but one.
 */
export function decodeReplay(decoder: Decoder, value: Value, policy: TokenPolicy, target: Target): Limit {
  const object = decoder.object(value);
  const limit = make<Limit>(decoder.arena);
  limit.rate = make<Rate>(decoder.arena);
  limit.rate.algorithm = Algorithm.WINDOW;
  limit.rate.requests = 1;
  limit.rate.capacity = 1;
  const window = decoder.required(object, 'windowMs');
  const windowMs = decoder.whole(window, 0, WINDOW_MS_MAX);
  limit.rate.perNs = windowMs * MS_NS + MARGIN_NS;
  if (window && windowMs < <u64>policy.skewMs * 2) decoder.fail(window, 'must be at least twice skewMs');
  limit.keysMax = <u32>decoder.wholeOr(object, 'noncesMax', 1, NONCES_MAX, NONCES_DEFAULT);
  if (!policy.seconds) decoder.fail(value, 'needs "date": "second"');
  if (!policy.header && !policy.nonceHeader) decoder.fail(value, 'needs a header for the nonce');
  decoder.end(object);
  limit.shared = sharedName(decoder.arena, fullName(policy, target));
  return limit;
}

/** Makes the memory of nonces; to be called when all of the configuration is known to be right. */
export function createNonceLedgers(policies: List<TokenPolicy> | null): void {
  for (let i = 0; policies && i < policies.length; i++) {
    const limit = policies.at(i).replay;
    if (limit) createLedger(limit);
  }
}

/** Of a token that holds: none when its nonce is new, which it then no longer is. */
export function replayed(limit: Limit, system: Slice, nonce: Slice): Reason {
  const key = Writer.in(request, 160).text(system).byte(0x2e).text(nonce);
  beginTurn();
  const claim = Claim.of(null, limit, fingerprint(request, key.at, key.length), monotonicNs());
  claim.peek();
  const outcome = claim.outcome == Outcome.ADMITTED ? claim.spend() : claim.outcome;
  if (outcome == Outcome.FAILED) return Reason.FILTER_UNAVAILABLE;
  return outcome == Outcome.ADMITTED ? Reason.NONE : Reason.TOKEN_REPLAYED;
}

/** `nonces <service> <namespace> <policy>`, NUL between. */
function fullName(policy: TokenPolicy, target: Target): Slice {
  const name = Writer.in(request).text('nonces').byte(0).text(target.service).byte(0);
  return name.text(policy.namespace).byte(0).text(policy.name).done();
}
