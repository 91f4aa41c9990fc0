import { budgetOf } from './chain';
import { ClaimBase, Outcome } from './claim-base';
import { Copy } from './copies';
import { EMPTY_KEY } from './key';
import { ROOM_BYTES, countAttempt, recordEntry, shareLeft, takeBack, windowEntry } from './shares';

/** A claim on a consumer's share of a budget: the window over all consumers is the entry, and each has a record beside it. */
@unmanaged
export class ShareClaim extends ClaimBase {
  /** What is made here where it is missing says nothing before it is written. */
  find(): void {
    const rate = this.limit.rate;
    const chain = this.chain;
    chain.need(ROOM_BYTES);
    this.entry = windowEntry(chain, rate, this.now);
    this.record = recordEntry(chain, this.fingerprint, rate, this.now);
    this.shareLeft = shareLeft(chain, this.record, this.weight, this.amount, rate, this.now);
    this.budget = budgetOf(this.entry);
  }

  judge(): Outcome {
    const admits = this.budget.admits(this.limit.rate, this.amount) && this.shareLeft >= this.amount;
    return this.decide(admits ? Outcome.ADMITTED : Outcome.REFUSED);
  }

  /** Who is refused has asked all the same: that is what moves the shares. False where another worker wrote meanwhile. */
  writeRefusal(): bool {
    countAttempt(this.record, this.weight, this.amount, 0, this.limit.rate, this.now);
    return this.chain.write(this.limit, this.now);
  }

  spend(): bool {
    countAttempt(this.record, this.weight, this.amount, this.amount, this.limit.rate, this.now);
    this.t = this.chain.spend(this.entry, this.limit.rate, this.amount, this.now);
    this.shareLeft -= this.amount;
    return this.chain.write(this.limit, this.now);
  }

  takeFrom(chain: Copy, record: usize): void {
    const rate = this.limit.rate;
    takeBack(record, this.amount, rate, this.now);
    chain.take(chain.find(EMPTY_KEY), rate, this.amount, this.t);
  }
}
