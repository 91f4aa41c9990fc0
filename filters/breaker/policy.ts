import { Arena, List, Slice, make } from 'proxy-wasm';
import { Policy } from '../rule/policy';
import { Rule } from '../rule/rule';
import { RuleIndex } from '../rule/rule-index';
import { Trip } from './circuit';
import { CircuitCopy } from './copy';


@unmanaged
export class BreakerPolicy extends Policy {
  breakers: List<Breaker>;
  index: RuleIndex;
}


@unmanaged
export class Breaker extends Rule {
  /** For the log: the policy and breaker, and the service whose calls it watches. */
  label: Slice;
  trip: Trip;
  failures: Failures;
  /** What is answered in place of a refusal; null for none. */
  fallback: Fallback | null;
  /** The name of its shared value, and a digest of it by which a call finds its breaker again after a new configuration. */
  shared: Slice;
  digest: u64;
  /** In the same chain of the configuration's breakers. */
  next: Breaker | null;
  /** Its circuit as this worker knows it. */
  copy: CircuitCopy;
}

/** Which answers are failures. */
@unmanaged
export class Failures {
  /** A bit for each HTTP status from 0 to 599. */
  private statuses: usize;
  /** A bit for each gRPC status. */
  grpc: u32;
  /** No answer came from the upstream. */
  resets: bool;

  addStatus(status: u32): void {
    const at = this.statuses + (status >> 3);
    const bit: u32 = 1 << (status & 7);
    store<u8>(at, (<u32>load<u8>(at)) | bit);
  }

  hasStatus(status: u32): bool {
    return status < STATUSES && ((load<u8>(this.statuses + (status >> 3)) >> (status & 7)) & 1) != 0;
  }

  hasGrpc(status: u32): bool {
    return status < 32 && ((this.grpc >> status) & 1) != 0;
  }

  /** None. */
  static in(arena: Arena): Failures {
    const failures = make<Failures>(arena);
    failures.statuses = arena.zeroed(STATUS_BYTES);
    return failures;
  }
}

const STATUSES: u32 = 600;
const STATUS_BYTES: usize = 75;


@unmanaged
export class Fallback {
  status: u32;
  headers: List<Field>;
  body: Slice;
}


@unmanaged
export class Field {
  name: Slice;
  value: Slice;
}
