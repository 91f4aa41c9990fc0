import { ClaimBase } from './claim-base';
import { ATTEMPTS_MAX, readLedger } from './ledger';

/** A claim on the one budget of all newcomers for whom no entry is left. */
@unmanaged
export class OverflowClaim extends ClaimBase {
  /**
   * Spends, if the key is still a newcomer: to be sure, the chain in which it had no entry is written again as it is. Where
   * another worker gave the key a place since it was read, the write fails, and the call goes there. Where one is about to,
   * it is that worker whose write fails, and who then sees what was spent here. So at no moment does a key have two budgets.
   */
  spend(): bool {
    this.t = this.budget.add(this.limit.rate, this.amount, this.now);
    if (!this.ledger!.write(this.limit)) return false;
    if (this.chain.write(this.limit, this.now)) return true;
    this.giveBack();
    return false;
  }

  giveBack(): void {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const ledger = readLedger(this.limit, this.now);
      if (!ledger) return;
      ledger.overflow.take(this.limit.rate, this.amount, this.t);
      if (ledger.write(this.limit)) return;
    }
  }
}
