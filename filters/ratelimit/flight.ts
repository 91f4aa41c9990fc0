import { Marks } from './marks';
import { isAlive, ownVm } from './vms';

// Calls in flight: a mark for each VM that has some, with the VM in the place of a moment. Only the VM that let a call in
// sees it end, so each counts its own; what a dead one counted is over.

export function settleFlight(budget: Marks, now: u64): void {
  for (let i: u64 = 0; i < budget.marks;) {
    if (isAlive(budget.mark(i).t, now)) i++;
    else budget.remove(i, 1);
  }
}

export function addToFlight(budget: Marks, amount: u64): u64 {
  const vm = ownVm();
  for (let i: u64 = 0; i < budget.marks; i++) {
    const mark = budget.mark(i);
    if (mark.t != vm) continue;
    mark.amount += amount;
    return vm;
  }
  budget.append(vm, amount);
  return vm;
}

export function takeFromFlight(budget: Marks, vm: u64): void {
  for (let i: u64 = 0; i < budget.marks; i++) {
    const mark = budget.mark(i);
    if (mark.t != vm) continue;
    if (!--mark.amount) budget.remove(i, 1);
    return;
  }
}
