import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';

/** What a shared budget is divided by, where it must be divided. In hundredths. */
@unmanaged
export class Shares {
  weights: List<Weight>;
  /** Of each consumer that has none of its own. */
  others: u32;

  weightOf(consumer: Slice | null): u32 {
    const weights = this.weights;
    for (let i = 0; i < weights.length; i++) {
      const known = weights.at(i);
      if (consumer ? known.consumer.equals(consumer) : known.consumer.is('anonymous')) return known.weight;
    }
    return this.others;
  }
}


@unmanaged
export class Weight {
  consumer: Slice;
  weight: u32;
}
