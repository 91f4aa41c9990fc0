import { List, Slice } from 'proxy-wasm';
import { Call } from '../call/call';

/** What a shared budget is divided by, where it must be divided. In hundredths. */
@unmanaged
export class Shares {
  weights: List<Weight>;
  /** Of each consumer that has none of its own. */
  others: u32;

  /** A weight for the one consumer counts before one for all subjects of that name. */
  weightOf(call: Call): u32 {
    const identity = call.identity;
    const name: Slice = identity ? identity : 'anonymous';
    const subject = call.subject;
    let weight = this.named(name);
    if (!weight && subject) weight = this.named(subject);
    return weight ? weight : this.others;
  }

  /** 0 where there is none: a weight is more. */
  private named(consumer: Slice): u32 {
    const weights = this.weights;
    for (let i = 0; i < weights.length; i++) {
      if (weights.at(i).consumer.equals(consumer)) return weights.at(i).weight;
    }
    return 0;
  }
}


@unmanaged
export class Weight {
  consumer: Slice;
  weight: u32;
}
