// What the table says: which variants stand beside each other, and what is aimed at.
import { atBefore } from './variants.mjs';

/** Cost above a listener without filters, beside another's. */
const beside = (what, variant, other, target) => ({ what, variant, other, target });

export const rows = [
  beside('native: rbac on a header', 'rbac-header'),
  beside('native: local_ratelimit', 'local-ratelimit'),
  beside('P1 native: rbac header + local_ratelimit', 'p1-native'),
  beside('P1 ours: TokenPolicy + RateLimitPolicy', 'p1-ours', 'p1-native', 1.1),
  beside('P1 in the SDK: header + bucket', 'p1-sdk', 'p1-native', 1.1),
  beside('P1 ours beside the Rust SDK', 'p1-ours', 'p1-rust', 1 / 2),
  beside('  TokenPolicy alone', 'token', 'p1-native'),
  beside('  RateLimitPolicy alone', 'limit', 'p1-native'),
  beside('raw module, one callback', 'empty-raw'),
  beside('empty filter on the SDK', 'empty-sdk', 'empty-raw', 1.05),
  beside('empty filter on the Rust SDK', 'empty-rust', 'empty-raw'),
  beside('chain native: jwt_authn + rbac + 2 local_ratelimit', 'chain-native'),
  beside('chain ours, JWT verified each time (built without cache)', 'chain-proved', 'chain-native', 0.45),
  beside('chain native, jwt_cache', 'chain-native-cached', 'chain-native'),
  beside('chain ours, as it is: tokens kept', 'chain-ours', 'chain-native-cached', 0.8),
  beside('chain ours verified each time, beside the Rust SDK', 'chain-proved', 'chain-rust', 1 / 2),
  beside('chain ours as it is, beside the Rust SDK', 'chain-ours', 'chain-rust', 1 / 2),
  beside('  native jwt_authn alone', 'jwt-native'),
  beside('  JwtPolicy alone, verified each time', 'jwt-proved', 'jwt-native'),
  beside('  native jwt_authn alone, jwt_cache', 'jwt-native-cached'),
  beside('  JwtPolicy alone, as it is', 'jwt', 'jwt-native-cached'),
  beside('  AccessPolicy alone, 100 networks', 'access'),
  beside('  CircuitBreakerPolicy alone', 'breaker'),
  // Of refusals the whole cost: there is no request behind them that a bare listener would have.
  { ...beside('refusing a bad token, beside a native 403', 'refusal-ours', 'refusal-native', 1.05), whole: true },
  beside('100,000 networks beside 10', 'networks-100000', 'networks-10', 1.05),
  beside('100,000 rules beside 10', 'rules-100000', 'rules-10', 1.05),
];

/** KiB. */
export const sizes = { governance: 40, token: 16, access: 16, jwt: 16, ratelimit: 16, breaker: 16 };
/** ms a VM, of 100,000 rules. */
export const loadMsMax = 5;

const ofTheModule = [
  'p1-ours',
  'token',
  'limit',
  'jwt',
  'access',
  'breaker',
  'chain-ours',
  'refusal-ours',
  'networks-100000',
];
/** The module as it is, beside an earlier build of it. */
export const rowsAgainst = ofTheModule.map((variant) =>
  beside(`${variant}, beside the build before`, variant, `${variant}${atBefore}`),
);
