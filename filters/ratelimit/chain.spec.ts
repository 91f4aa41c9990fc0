import { heapArena, make } from 'proxy-wasm/assembly/memory/arena';
import { textSlice } from 'proxy-wasm/assembly/bytes/slice';
import { Algorithm, Bucket, Rate } from './bucket';
import { HEAD_BYTES, adopt, budgetOf, entries, find, prune, writeHead } from './chain';
import { chainOf, fingerprint } from './key';

const arena = heapArena();
const SECOND: u64 = 1000000000;
/** Of a token bucket: fingerprint, number of marks, one mark. */
const ENTRY_BYTES: i32 = 40;

function bucketOf(entry: usize): Bucket {
  return budgetOf(entry).bucket;
}

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

/** A chain of `count` entries with deficits 1, 2, 3… */
function chain(limit: Rate, count: i32, t: u64): usize {
  const at = arena.zeroed(HEAD_BYTES + count * ENTRY_BYTES);
  writeHead(at, limit);
  for (let i = 0; i < count; i++) {
    const entry = at + HEAD_BYTES + i * ENTRY_BYTES;
    memory.copy(entry, print(i.toString()), 16);
    budgetOf(entry).append(t, i + 1);
  }
  return at;
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
    const at = chain(rate(10, SECOND), 5, 0);
    const length = HEAD_BYTES + 5 * ENTRY_BYTES;
    expect(bucketOf(find(at, length, print('3'))).deficit).toBe(4);
    expect(find(at, length, print('5'))).toBe(0);
    expect(find(at, HEAD_BYTES, print('0'))).toBe(0);
  });
  it('drops the entries that are whole, and no other', () => {
    const limit = rate(10, SECOND);
    const at = chain(limit, 5, 0);
    const kept = prune(at, HEAD_BYTES + 5 * ENTRY_BYTES, limit, SECOND / 5);
    expect(kept).toBe(HEAD_BYTES + 3 * ENTRY_BYTES);
    expect(entries(at, kept)).toBe(3);
    expect(find(at, kept, print('1'))).toBe(0);
    expect(bucketOf(find(at, kept, print('4'))).deficit).toBe(3);
  });
  it('keeps what was spent when the rate changes, and drops the beginning of a token', () => {
    const at = chain(rate(10, SECOND), 1, 0);
    const length = HEAD_BYTES + ENTRY_BYTES;
    const bucket = bucketOf(at + HEAD_BYTES);
    bucket.deficit = 8;
    const slower = rate(1, SECOND);
    adopt(at, length, slower, 350000000);
    expect(bucket.deficit).toBe(5);
    expect(bucket.t).toBe(350000000);
    adopt(at, length, slower, 360000000);
    expect(bucket.t).toBe(350000000);
  });
  it('holds entries of different lengths', () => {
    const limit = rate(10, SECOND);
    limit.algorithm = Algorithm.WINDOW;
    const at = arena.zeroed(HEAD_BYTES + 3 * 16 + 3 * 8 + 6 * 16);
    let entry = at + HEAD_BYTES;
    for (let i = 1; i <= 3; i++) {
      memory.copy(entry, print(i.toString()), 16);
      // Each with a mark that is older than a period by the time of the pruning, and i - 1 that are not.
      for (let j = 0; j < i; j++) budgetOf(entry).append(<u64>j * (SECOND / 2), 1);
      entry += 16 + budgetOf(entry).bytes;
    }
    const kept = prune(at, <i32>(entry - at), limit, SECOND);
    expect(entries(at, kept)).toBe(2);
    expect(find(at, kept, print('1'))).toBe(0);
    expect(budgetOf(find(at, kept, print('2'))).spent).toBe(1);
    expect(budgetOf(find(at, kept, print('3'))).spent).toBe(2);
    expect(kept).toBe(HEAD_BYTES + 2 * 24 + 3 * 16);
  });
});
