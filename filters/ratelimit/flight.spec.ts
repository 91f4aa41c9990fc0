import { heapArena, make } from 'proxy-wasm';
import { Algorithm, Rate } from './bucket';
import { Budget } from './budget';

const arena = heapArena();

function flight(concurrent: u64): Rate {
  const made = make<Rate>(arena);
  made.requests = concurrent;
  made.capacity = concurrent;
  made.perNs = 1000000000;
  made.algorithm = Algorithm.FLIGHT;
  return made;
}

describe('calls in flight', () => {
  it('are counted by VM, and end where they began', () => {
    const rate = flight(3);
    const budget = changetype<Budget>(arena.zeroed(256));
    // Another VM has one; a spec has no number of its own, which is 0.
    budget.append(77, 1);
    expect(budget.add(rate, 1, 5)).toBe(0);
    budget.add(rate, 1, 6);
    expect(budget.marks).toBe(2);
    expect(budget.admits(rate, 1)).toBe(false);
    expect(budget.waitNs(rate, 1, 6)).toBe(1000000000);
    budget.take(rate, 1, 0);
    expect(budget.left(rate)).toBe(1);
    budget.take(rate, 1, 0);
    expect(budget.marks).toBe(1);
    expect(budget.mark(0).t).toBe(77);
    // What was never counted is not given back from another's.
    budget.take(rate, 1, 0);
    expect(budget.spent).toBe(1);
  });
});
