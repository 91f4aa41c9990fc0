import { tableHash } from '../hash/table-hash';
import { enter, request } from '../memory/request';
import { Slice } from './slice';
import { SliceSet } from './slice-set';
import { Writer } from './writer';

function numbered(index: i32): Slice {
  return Writer.in(request).text('name-').decimal(index).done();
}

describe('a set of texts', () => {
  it('takes each text once, and knows those it has', () => {
    enter();
    const set = SliceSet.withRoom(request, 1000);
    for (let i = 0; i < 1000; i++) expect(set.add(numbered(i))).toBe(true);
    for (let i = 0; i < 1000; i++) expect(set.add(numbered(i))).toBe(false);
    for (let i = 0; i < 1000; i++) expect(set.has(numbered(i))).toBe(true);
    for (let i = 1000; i < 2000; i++) expect(set.has(numbered(i))).toBe(false);
  });

  it('of no text knows none', () => {
    enter();
    expect(SliceSet.withRoom(request, 0).has(numbered(0))).toBe(false);
  });
});

describe('the hash of tables', () => {
  it('differs by each byte, by the length and by the seed', () => {
    enter();
    const set = new Map<u64, i32>();
    const at = request.zeroed(40);
    let hashes = 0;
    for (let length = 0; length <= 32; length++) {
      for (let seed: u32 = 0; seed < 3; seed++, hashes++) set.set(tableHash(seed, at, length), 0);
      for (let i = 0; i < length; i++, hashes++) {
        store<u8>(at + i, 1);
        set.set(tableHash(0, at, length), 0);
        store<u8>(at + i, 0);
      }
    }
    expect(set.size).toBe(hashes);
  });
});
