import { fromHex, toHex } from '../bytes/hex';
import { Slice, sliceOf } from '../bytes/slice';
import { heapArena } from '../memory/arena';
import { MessageReader } from './reader';
import { MessageWriter } from './writer';

const arena = heapArena();

function bytes(hex: string): Slice {
  const text = String.UTF8.encode(hex);
  const at = arena.take(hex.length / 2);
  fromHex(changetype<usize>(text), hex.length / 2, at);
  return sliceOf(arena, at, hex.length / 2);
}

function hexOf(slice: Slice): string {
  const at = arena.take(slice.length * 2);
  toHex(slice.at, slice.length, at);
  return String.UTF8.decodeUnsafe(at, slice.length * 2);
}

/** Fields as `number=value`, joined by blanks; `!` where reading ended wrong. */
function read(hex: string): string {
  let found = '';
  const reader = MessageReader.of(arena, bytes(hex));
  while (reader.next()) {
    const value = reader.bytes.at ? hexOf(reader.bytes) : reader.number.toString();
    found += `${reader.field}=${value} `;
  }
  return found + (reader.wrong ? '!' : '');
}

describe('a message', () => {
  it('as the encoding guide has it', () => {
    // Test1 { a: 150 }, Test2 { b: "testing" }, Test3 { c: Test1 { a: 150 } }, -2 as int32.
    expect(hexOf(MessageWriter.in(arena).number(1, 150).done())).toBe('089601');
    expect(hexOf(MessageWriter.in(arena).bytes(2, bytes('74657374696e67')).done())).toBe('120774657374696e67');
    const inner = MessageWriter.in(arena).number(1, 150).done();
    expect(hexOf(MessageWriter.in(arena).message(3, inner).done())).toBe('1a03089601');
    expect(
      hexOf(
        MessageWriter.in(arena)
          .number(1, <u64>-2)
          .done(),
      ),
    ).toBe('08feffffffffffffffff01');
  });
  it('leaves out what is zero or empty, but not a message', () => {
    const none = bytes('');
    expect(hexOf(MessageWriter.in(arena).number(1, 0).bytes(2, none).done())).toBe('');
    expect(hexOf(MessageWriter.in(arena).message(15, none).number(16, 1).done())).toBe('7a00800101');
  });
  it('grows beyond the room that it had', () => {
    const long = sliceOf(arena, arena.zeroed(1000), 1000);
    expect(MessageWriter.in(arena, 8).bytes(1, long).bytes(2, long).done().length).toBe(2006);
  });
  it('is read field by field', () => {
    expect(read('089601120774657374696e67')).toBe('1=150 2=74657374696e67 ');
    expect(read('0d78563412')).toBe('1=305419896 ');
    expect(read('09efcdab9078563412')).toBe('1=1311768467294899695 ');
    expect(read('08feffffffffffffffff01')).toBe('1=18446744073709551614 ');
    expect(read('')).toBe('');
  });
  it('that is not well-formed ends the reading', () => {
    const wrong = [
      '08', '0880', '08ffffffffffffffffff02', '08ffffffffffffffffffff01', '12', '1205616263', '12ffffffff0f61',
      '12ffffffffffffffffff0161', '0d787878', '0978787878787878', '00', '0001', '0b', '0c', '0e', '0f', '80808080808001',
    ]; // prettier-ignore
    for (let i = 0; i < wrong.length; i++) expect(read(wrong[i])).toBe('!', wrong[i]);
    expect(read('0801ff')).toBe('1=1 !');
  });
});
