import { heapArena, make, textSlice } from 'proxy-wasm';
import { Algorithm, Rate } from './bucket';
import { Chain, HEAD_BYTES, budgetOf, writeHead } from './chain';
import { Budget } from './budget';
import { chainOf, fingerprint } from './key';

const arena = heapArena();
const SECOND: u64 = 1000000000;
/** Of a token bucket: fingerprint, number of marks, one mark. */
const ENTRY_BYTES: i32 = 40;

function print(text: string): usize {
  const slice = textSlice(arena, text);
  return fingerprint(arena, slice.at, slice.length);
}

function rate(requests: u64, perNs: u64): Rate {
  const made = make<Rate>(arena);
  made.requests = requests;
  made.perNs = perNs;
  made.capacity = requests;
  return made;
}

/** A chain of `count` entries with deficits 1, 2, 3…, and memory for as much again. */
function chain(limit: Rate, count: i32, t: u64): Chain {
  const chain = make<Chain>(arena);
  chain.at = arena.zeroed(2 * (HEAD_BYTES + count * ENTRY_BYTES) + 1024);
  chain.length = HEAD_BYTES;
  writeHead(chain.at, limit);
  for (let i = 0; i < count; i++) {
    const budget = changetype<Budget>(arena.zeroed(64));
    budget.append(t, i + 1);
    chain.insert(print(i.toString()), budget);
  }
  return chain;
}

function deficit(chain: Chain, key: string): u64 {
  return budgetOf(chain.find(print(key))).bucket.deficit;
}

describe('fingerprints', () => {
  it('are the key itself where it fits', () => {
    const short = print('fifteen bytes..');
    expect(load<u8>(short)).toBe(15);
    expect(memory.compare(short + 1, textSlice(arena, 'fifteen bytes..').at, 15)).toBe(0);
    expect(load<u8>(print('sixteen bytes...'))).toBe(0xff);
  });
  it('tell keys apart', () => {
    expect(memory.compare(print('a'), print('a\0'), 16)).not.toBe(0);
    expect(memory.compare(print(''), print('\0'), 16)).not.toBe(0);
    expect(memory.compare(print('a long key, one of two'), print('a long key, two of two'), 16)).not.toBe(0);
  });
  it('spread over the chains', () => {
    const counts = new StaticArray<i32>(64);
    for (let i = 0; i < 6400; i++) counts[chainOf(print('key-' + i.toString()), 12345, 64)]++;
    for (let i = 0; i < 64; i++) expect(counts[i] > 50 && counts[i] < 160).toBe(true);
  });
});

describe('a chain', () => {
  it('finds its entries', () => {
    const made = chain(rate(10, SECOND), 5, 0);
    expect(made.length).toBe(HEAD_BYTES + 5 * ENTRY_BYTES);
    expect(deficit(made, '3')).toBe(4);
    expect(made.find(print('5'))).toBe(0);
  });
  it('drops the entries that are whole, and no other', () => {
    const limit = rate(10, SECOND);
    const made = chain(limit, 5, 0);
    expect(made.whole(limit, SECOND / 20)).toBe(0);
    expect(made.prune(limit, SECOND / 5)).toBe(2);
    expect(made.length).toBe(HEAD_BYTES + 3 * ENTRY_BYTES);
    expect(made.find(print('1'))).toBe(0);
    expect(deficit(made, '4')).toBe(3);
  });
  it('keeps what was spent when the rate changes, and drops the beginning of a token', () => {
    const made = chain(rate(10, SECOND), 1, 0);
    const bucket = budgetOf(made.at + HEAD_BYTES).bucket;
    bucket.deficit = 8;
    const slower = rate(1, SECOND);
    made.adopt(slower, 350000000);
    expect(bucket.deficit).toBe(5);
    expect(bucket.t).toBe(350000000);
    made.adopt(slower, 360000000);
    expect(bucket.t).toBe(350000000);
  });
  it('lets entries grow and shrink without touching the others', () => {
    const limit = rate(10, SECOND);
    limit.algorithm = Algorithm.WINDOW;
    const made = chain(limit, 0, 0);
    const empty = changetype<Budget>(arena.zeroed(64));
    for (let i = 1; i <= 3; i++) made.insert(print(i.toString()), empty);
    for (let i = 1; i <= 3; i++) {
      // Each with a mark that is older than a period by the time of the pruning, and i - 1 that are not.
      for (let j = 0; j < i; j++) made.spend(made.find(print(i.toString())), limit, 1, <u64>j * (SECOND / 2));
    }
    expect(made.length).toBe(HEAD_BYTES + 3 * 24 + 6 * 16);
    made.take(made.find(print('3')), limit, 1, SECOND / 2);
    expect(budgetOf(made.find(print('3'))).spent).toBe(2);
    made.spend(made.find(print('3')), limit, 1, SECOND + 1);
    expect(made.prune(limit, SECOND)).toBe(1);
    expect(made.find(print('1'))).toBe(0);
    expect(budgetOf(made.find(print('2'))).spent).toBe(1);
    expect(budgetOf(made.find(print('3'))).spent).toBe(2);
    expect(made.length).toBe(HEAD_BYTES + 2 * 24 + 3 * 16);
  });
  it('spends what a call costs, or nothing', () => {
    const limit = rate(10, SECOND);
    const made = chain(limit, 1, 0);
    const entry = made.at + HEAD_BYTES;
    expect(budgetOf(entry).admits(limit, 9)).toBe(true);
    expect(budgetOf(entry).admits(limit, 10)).toBe(false);
    expect(budgetOf(entry).waitNs(limit, 11, 0)).toBe(SECOND);
    expect(budgetOf(entry).waitNs(limit, 10, 0)).toBe(SECOND / 10);
    expect(budgetOf(entry).waitNs(rate(0, SECOND), 1, 0)).toBe(SECOND);
    expect(budgetOf(entry).resetNs(rate(0, SECOND), 0)).toBe(SECOND);
    made.spend(entry, limit, 9, 0);
    expect(budgetOf(entry).left(limit)).toBe(0);
    made.take(entry, limit, 9, 0);
    expect(budgetOf(entry).left(limit)).toBe(9);
  });
});
