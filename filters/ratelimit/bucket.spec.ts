import { heapArena, make, mulDiv, mulDivUp } from 'proxy-wasm';
import { Bucket, Rate, secondsUp } from './bucket';

const arena = heapArena();
const SECOND: u64 = 1000000000;
const YEAR: u64 = 366 * 86400 * SECOND;

function rate(requests: u64, perNs: u64, burst: u64 = 0): Rate {
  const made = make<Rate>(arena);
  made.requests = requests;
  made.perNs = perNs;
  made.capacity = requests + burst;
  return made;
}

function left(bucket: Bucket, rate: Rate): u64 {
  return bucket.deficit < rate.capacity ? rate.capacity - bucket.deficit : 0;
}

/** Calls as often as possible from `from` to `to`, every `step` ns; returns how many were admitted. */
function admitted(bucket: Bucket, rate: Rate, from: u64, to: u64, step: u64): u64 {
  let count: u64 = 0;
  for (let now = from; now <= to; now += step) {
    bucket.settle(rate, now);
    while (!bucket.waitNs(rate, 1, now)) {
      bucket.deficit++;
      count++;
    }
  }
  return count;
}

describe('128-bit multiplication and division', () => {
  it('is exact', () => {
    expect(mulDiv(6, 7, 5)).toBe(8);
    expect(mulDivUp(6, 7, 5)).toBe(9);
    expect(mulDivUp(6, 5, 5)).toBe(6);
    expect(mulDiv(u64.MAX_VALUE, u64.MAX_VALUE, u64.MAX_VALUE)).toBe(u64.MAX_VALUE);
    expect(mulDiv(0xffffffffffffffff, 0xfffffffffffffffe, 0xffffffffffffffff)).toBe(0xfffffffffffffffe);
    expect(mulDiv(31622400000000000, 4294967295, 1000000007)).toBe(135817172838687790);
    expect(mulDivUp(31622400000000000, 4294967295, 1000000007)).toBe(135817172838687791);
    expect(mulDiv(1 << 63, 4, 8)).toBe(1 << 62);
  });
  it('saturates', () => {
    expect(mulDiv(1 << 63, 4, 1)).toBe(u64.MAX_VALUE);
    expect(mulDiv(1, 1, 0)).toBe(u64.MAX_VALUE);
  });
});

describe('a bucket', () => {
  it('admits requests and burst at once, then what is refilled', () => {
    const limit = rate(100, SECOND, 20);
    const bucket = make<Bucket>(arena);
    expect(admitted(bucket, limit, 5, 5, 1)).toBe(120);
    expect(bucket.waitNs(limit, 1, 5)).toBe(10000000);
    expect(admitted(bucket, limit, 10000004, 10000004, 1)).toBe(0);
    expect(admitted(bucket, limit, 10000005, 10000005, 1)).toBe(1);
  });
  it('never admits more than its rate, however the calls fall', () => {
    const rates: u64[] = [1, 3, 7, 97, 1000, 999999937];
    const steps: u64[] = [1009, 999983, 12345678, 333333333];
    for (let i = 0; i < rates.length; i++) {
      const limit = rate(rates[i], SECOND);
      // Only the refill is of interest: begin with an empty bucket.
      for (let j = 0; j < steps.length; j++) {
        const bucket = make<Bucket>(arena);
        bucket.t = 0;
        bucket.deficit = limit.capacity;
        const to: u64 = min(steps[j] * 20000, 3 * SECOND);
        let count: u64 = 0;
        let last: u64 = 0;
        for (let now: u64 = 0; now <= to; now += steps[j]) {
          bucket.settle(limit, now);
          const free = left(bucket, limit);
          bucket.deficit += free;
          count += free;
          last = now;
        }
        const most = mulDiv(last, limit.requests, limit.perNs);
        expect(count <= most).toBe(true, 'too many');
        // Rounding loses less than a nanosecond a call.
        const least = mulDiv(last - min(last, last / steps[j] + 1), limit.requests, limit.perNs);
        expect(count >= least).toBe(true, 'too few');
      }
    }
  });
  it('carries the remainder of a token', () => {
    // A token takes a third of a second; asking every tenth must not lose the parts of tokens.
    const limit = rate(3, SECOND);
    const bucket = make<Bucket>(arena);
    expect(admitted(bucket, limit, 0, 0, 1)).toBe(3);
    // The last of them falls on 100 s and some nanoseconds, which rounding takes.
    expect(admitted(bucket, limit, 0, 100 * SECOND + SECOND / 10, SECOND / 10)).toBe(300);
  });
  it('knows a limit of nothing', () => {
    const limit = rate(0, SECOND);
    const bucket = make<Bucket>(arena);
    expect(admitted(bucket, limit, 0, 100 * SECOND, SECOND)).toBe(0);
    const once = rate(0, SECOND, 5);
    expect(admitted(bucket, once, 0, 1000 * SECOND, SECOND)).toBe(5);
  });
  it('knows 2^32 - 1 requests', () => {
    const limit = rate(4294967295, 1000000, 4294967295);
    const bucket = make<Bucket>(arena);
    bucket.t = 7;
    bucket.deficit = limit.capacity;
    bucket.settle(limit, 500007);
    expect(left(bucket, limit)).toBe(2147483647);
    bucket.settle(limit, u64.MAX_VALUE);
    expect(bucket.deficit).toBe(0);
  });
  it('does not overflow with long periods', () => {
    const limit = rate(4294967295, YEAR, 4294967295);
    const bucket = make<Bucket>(arena);
    bucket.deficit = limit.capacity;
    bucket.settle(limit, YEAR / 2);
    expect(left(bucket, limit)).toBe(2147483647);
    const slow = rate(1, YEAR, 4294967295);
    bucket.t = 0;
    bucket.deficit = slow.capacity;
    bucket.settle(slow, YEAR - 1);
    expect(left(bucket, slow)).toBe(0);
    expect(bucket.waitNs(slow, 1, YEAR - 1)).toBe(1);
    expect(bucket.resetNs(slow, YEAR)).toBeGreaterThan(YEAR * 500);
    bucket.settle(slow, YEAR);
    expect(left(bucket, slow)).toBe(1);
  });
  it('refills nothing while the clock stands still or goes back', () => {
    const limit = rate(10, SECOND);
    const bucket = make<Bucket>(arena);
    expect(admitted(bucket, limit, 50 * SECOND, 50 * SECOND, 1)).toBe(10);
    expect(admitted(bucket, limit, 49 * SECOND, 50 * SECOND, SECOND)).toBe(0);
    expect(bucket.waitNs(limit, 1, 49 * SECOND)).toBe(SECOND / 10);
    expect(admitted(bucket, limit, 51 * SECOND, 51 * SECOND, 1)).toBe(10);
  });
  it('keeps what was spent when the limit becomes smaller', () => {
    const bucket = make<Bucket>(arena);
    bucket.deficit = 100;
    const smaller = rate(10, SECOND);
    expect(left(bucket, smaller)).toBe(0);
    expect(bucket.waitNs(smaller, 1, 0)).toBe(91 * (SECOND / 10));
  });
  it('rounds up to seconds', () => {
    expect(secondsUp(0)).toBe(0);
    expect(secondsUp(1)).toBe(1);
    expect(secondsUp(SECOND)).toBe(1);
    expect(secondsUp(SECOND + 1)).toBe(2);
    expect(secondsUp(u64.MAX_VALUE)).toBe(18446744074);
  });
});
