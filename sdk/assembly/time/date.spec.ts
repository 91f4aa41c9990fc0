import { heapArena } from '../memory/arena';
import { Slice, textSlice } from '../bytes/slice';
import { NO_DATE, parseDay, parseSecond, writeDay, writeSecond } from './date';

const arena = heapArena();

function at(text: string): usize {
  return textSlice(arena, text).at;
}

function day(ms: i64): Slice {
  const slice = textSlice(arena, '00000000');
  writeDay(slice.at, ms);
  return slice;
}

describe('dates', () => {
  it('reads days', () => {
    expect(parseDay(at('19700101'))).toBe(0);
    expect(parseDay(at('20261121'))).toBe(1795219200000);
    expect(parseDay(at('20000229'))).toBe(951782400000);
    expect(parseDay(at('00010101'))).toBe(-62135596800000);
  });
  it('knows the calendar', () => {
    expect(parseDay(at('20240229'))).not.toBe(NO_DATE);
    expect(parseDay(at('20230229'))).toBe(NO_DATE);
    expect(parseDay(at('21000229'))).toBe(NO_DATE);
    expect(parseDay(at('20260431'))).toBe(NO_DATE);
    expect(parseDay(at('20261301'))).toBe(NO_DATE);
    expect(parseDay(at('20260001'))).toBe(NO_DATE);
    expect(parseDay(at('20260100'))).toBe(NO_DATE);
    expect(parseDay(at('2026 101'))).toBe(NO_DATE);
    expect(parseDay(at('-0260101'))).toBe(NO_DATE);
  });
  it('reads seconds', () => {
    expect(parseSecond(at('20261121T101500Z'))).toBe(1795256100000);
    expect(parseSecond(at('20261121T240000Z'))).toBe(NO_DATE);
    expect(parseSecond(at('20261121T236000Z'))).toBe(NO_DATE);
    expect(parseSecond(at('20261121T235960Z'))).toBe(NO_DATE);
    expect(parseSecond(at('20261121t101500Z'))).toBe(NO_DATE);
    expect(parseSecond(at('20261121T101500z'))).toBe(NO_DATE);
  });
  it('writes what it reads, on every day of eight centuries', () => {
    let wrong = 0;
    for (let ms: i64 = 0; ms < 25246000000000; ms += 86400000) {
      if (parseDay(day(ms).at) != ms || parseDay(day(ms + 86399999).at) != ms) wrong++;
    }
    expect(wrong).toBe(0);
  });
  it('writes seconds', () => {
    const slice = textSlice(arena, '0000000000000000');
    writeSecond(slice.at, 1795256159999);
    expect(slice.equals('20261121T101559Z')).toBe(true);
  });
});
