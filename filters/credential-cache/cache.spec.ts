import { Arena, Writer, heapArena, textSlice } from 'proxy-wasm';
import { CredentialCache, SLOT_BYTES } from './cache';

const texts = heapArena();

function credential(number: u64, length: i32 = 24): Writer {
  const writer = Writer.in(texts, length + 32);
  while (writer.length < length) writer.byte(0x61);
  return writer.decimal(number + 1000000000);
}

function keep(cache: CredentialCache, number: u64, length: i32 = 24, valueBytes: i32 = 16): bool {
  const slot = cache.begin(credential(number, length).done());
  if (!slot) return false;
  const value = slot.arena.take(valueBytes);
  store<u64>(value, number);
  return slot.end(value, credential(number, length).done());
}

function found(cache: CredentialCache, number: u64, length: i32 = 24): bool {
  const at = cache.find(credential(number, length).done());
  return at != 0 && load<u64>(at) == number;
}

describe('a credential that was proved', () => {
  it('is found again, by all of its bytes', () => {
    const cache = CredentialCache.in(heapArena());
    expect(keep(cache, 7)).toBe(true);
    expect(found(cache, 7)).toBe(true);
    const other = credential(7);
    store<u8>(other.at, 0x62);
    expect(cache.find(other.done())).toBe(0);
    expect(cache.find(textSlice(texts, ''))).toBe(0);
  });
  it('is forgotten when all are', () => {
    const cache = CredentialCache.in(heapArena());
    keep(cache, 7);
    cache.clear();
    expect(found(cache, 7)).toBe(false);
    expect(keep(cache, 7)).toBe(true);
    expect(found(cache, 7)).toBe(true);
  });
  it('is not kept when it is too long, or says too much', () => {
    const arena = heapArena();
    const cache = CredentialCache.in(arena);
    expect(keep(cache, 1, <i32>SLOT_BYTES)).toBe(false);
    expect(keep(cache, 1, 24, <i32>SLOT_BYTES)).toBe(false);
    expect(found(cache, 1)).toBe(false);
    expect(keep(cache, 1)).toBe(true);
    expect(found(cache, 1)).toBe(true);
  });
});

describe('the cache', () => {
  it('is bounded, and keeps those that are used', () => {
    const arena: Arena = heapArena();
    const cache = CredentialCache.in(arena);
    keep(cache, 1);
    for (let i: u64 = 2; i < 20000; i++) {
      keep(cache, i);
      if (!found(cache, 1)) expect(i).toBe(0);
    }
    expect(arena.heapBytes <= 2 * 1024 * 1024 + 65536).toBe(true);
    let kept = 0;
    for (let i: u64 = 0; i < 20000; i++) if (found(cache, i)) kept++;
    expect(kept > 400 && kept <= 512).toBe(true);
  });
});
