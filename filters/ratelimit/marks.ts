/** An amount that was spent, and when (monotonic ns). */
@unmanaged
export class Mark {
  t: u64;
  amount: u64;
}

const HEAD_BYTES: usize = 8;
export const MARK_BYTES: i32 = 16;

/**
 * What was spent, as it lies in memory:
 *
 *   ┌───────┬───┬────────┬───┬────────┬───
 *   │ marks │ t │ amount │ t │ amount │ …    little endian
 *   │ 8     │ 8 │ 8      │ 8 │ 8      │
 *   └───────┴───┴────────┴───┴────────┴───
 */
@unmanaged
export class Marks {
  marks: u64;

  mark(index: u64): Mark {
    return changetype<Mark>(changetype<usize>(this) + HEAD_BYTES + <usize>index * <usize>MARK_BYTES);
  }

  get bytes(): i32 {
    return <i32>(HEAD_BYTES + <usize>this.marks * <usize>MARK_BYTES);
  }

  get spent(): u64 {
    let sum: u64 = 0;
    for (let i: u64 = 0; i < this.marks; i++) sum += this.mark(i).amount;
    return sum;
  }

  append(t: u64, amount: u64): void {
    const mark = this.mark(this.marks++);
    mark.t = t;
    mark.amount = amount;
  }

  /** Drops the marks from `index` on, `count` of them. */
  remove(index: u64, count: u64): void {
    const rest = this.marks - index - count;
    const to = changetype<usize>(this.mark(index));
    memory.copy(to, to + <usize>count * <usize>MARK_BYTES, <usize>rest * <usize>MARK_BYTES);
    this.marks -= count;
  }
}
