import { budgetOf } from './chain';
import { ClaimBase } from './claim-base';
import { FINGERPRINT_BYTES } from './key';
import { ATTEMPTS_MAX, readLedger } from './ledger';
import { MARK_BYTES } from './marks';

/** A claim on a key's own budget: its entry in the chain, which a newcomer makes. */
@unmanaged
export class EntryClaim extends ClaimBase {
  /** Whether the key has an entry, whose budget then is this claim's. */
  find(): bool {
    const chain = this.chain;
    chain.need(MARK_BYTES);
    const entry = chain.find(this.fingerprint);
    this.entry = entry;
    if (!entry) return false;
    chain.settle(entry, this.limit.rate, this.now);
    this.budget = budgetOf(entry);
    return true;
  }

  spend(): bool {
    if (!this.entry) return this.enter();
    this.t = this.chain.spend(this.entry, this.limit.rate, this.amount, this.now);
    return this.chain.write(this.limit, this.now);
  }

  /** Takes the place of a key whose budget is whole, or one that nobody has yet: that is reserved before it is taken. */
  private enter(): bool {
    const limit = this.limit;
    const chain = this.chain;
    this.t = this.budget.add(limit.rate, this.amount, this.now);
    const replaced = chain.whole(limit.rate, this.now);
    const ledger = this.ledger!;
    ledger.addCount(1);
    if (!replaced && !ledger.write(limit)) return false;
    if (replaced) chain.remove(replaced);
    chain.need(FINGERPRINT_BYTES + this.budget.bytes);
    const entry = chain.insert(this.fingerprint, this.budget);
    if (chain.write(limit, this.now)) {
      this.budget = budgetOf(entry);
      return true;
    }
    if (!replaced) this.unreserve();
    return false;
  }

  private unreserve(): void {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const ledger = readLedger(this.limit, this.now);
      if (!ledger) return;
      ledger.addCount(-1);
      if (ledger.write(this.limit)) return;
    }
  }
}
