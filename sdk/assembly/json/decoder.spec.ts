import { heapArena } from '../memory/arena';
import { Slice } from '../bytes/slice';
import { Decoder } from './decoder';
import { Kind, Value } from './value';

const arena = heapArena();

function decoder(): Decoder {
  return Decoder.in(arena);
}

function parse(decoder: Decoder, text: string): Value | null {
  const bytes = String.UTF8.encode(text);
  const at = arena.copy(changetype<usize>(bytes), bytes.byteLength);
  return decoder.parse(at, bytes.byteLength);
}

function read(slice: Slice | null): string {
  return slice ? String.UTF8.decodeUnsafe(slice.at, slice.length) : '';
}

function mistake(text: string): string {
  const reader = decoder();
  parse(reader, text);
  return read(reader.mistake);
}

describe('JSON', () => {
  it('reads every kind of value', () => {
    const reader = decoder();
    const root = parse(reader, ' {"a": [1, -2.5e3, "x", true, false, null, {}], "b": {"c": []}} ')!;
    expect(read(reader.mistake)).toBe('');
    const list = root.member('a')!;
    expect(list.count).toBe(7);
    expect(list.first!.kind).toBe(Kind.NUMBER);
    expect(root.member('b')!.member('c')!.count).toBe(0);
    expect(root.member('d') == null).toBe(true);
  });
  it('decodes escapes, also in names', () => {
    const reader = decoder();
    const root = parse(reader, '{"\\u0061": "\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00"}')!;
    expect(read(root.member('a')!.text)).toBe('"\\/\b\f\n\r\té€😀');
  });
  it('refuses what is not strict', () => {
    const wrong = [
      '', '{', '[1,]', '{"a":1,}', "{'a':1}", '{a:1}', '01', '1.', '.5', '+1', '1e', '-', 'nul', 'True', '[1 2]', '{"a" 1}',
      '"a', '"\\x"', '"\\u12g4"', '"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"a\nb"', '1 2', '// x\n1', 'NaN', '\u00ef\u00bb\u00bf1',
    ]; // prettier-ignore
    for (let i = 0; i < wrong.length; i++) expect(mistake(wrong[i])).not.toBe('', wrong[i]);
  });
  it('refuses what is not UTF-8', () => {
    const reader = decoder();
    const at = arena.take(8);
    // An overlong slash between quotes.
    store<u32>(at, 0x22afc022);
    reader.parse(at, 4);
    expect(read(reader.mistake)).toBe('$: is not UTF-8');
  });
  it('finds what ends a string wherever it stands', () => {
    const plain = 'abcdefghijklmnopqrst';
    for (let at = 0; at < plain.length; at++) {
      const front = plain.substring(0, at);
      const back = plain.substring(at);
      const reader = decoder();
      const root = parse(
        reader,
        '["' + front + '\\"' + back + '","' + front + '\u20ac' + back + '","' + front + '","' + back + '"]',
      )!;
      expect(read(reader.mistake)).toBe('');
      expect(read(root.first!.text)).toBe(front + '"' + back);
      expect(read(root.first!.next!.text)).toBe(front + '\u20ac' + back);
      expect(read(root.first!.next!.next!.text)).toBe(front);
      expect(read(root.first!.next!.next!.next!.text)).toBe(back);
      expect(mistake('["' + front + '\x01' + back + '"]')).toBe(
        '$[0]: has a string that does not end, or that contains a control character',
      );
      expect(mistake('["' + front + '\x1f' + back + '"]')).not.toBe('');
      expect(mistake('["' + front + '\x7f' + back + '"]')).toBe('');
    }
  });
  it('refuses a byte that is not UTF-8 wherever it stands', () => {
    for (let index = 1; index < 25; index++) {
      const reader = decoder();
      const at = arena.take(32);
      memory.fill(at, 0x61, 32);
      store<u8>(at, 0x22);
      store<u8>(at + 25, 0x22);
      store<u8>(at + index, 0xff);
      reader.parse(at, 26);
      expect(read(reader.mistake)).toBe('$: is not UTF-8');
    }
  });
  it('names the field that is given twice', () => {
    expect(mistake('{"a": {"b": 1, "\\u0062": 2}}')).toBe('$.a.b: is given twice');
  });
  it('bounds the depth', () => {
    expect(mistake('['.repeat(32) + ']'.repeat(32))).toBe('');
    expect(mistake('['.repeat(33) + ']'.repeat(33)).includes('is nested too deeply')).toBe(true);
    expect(mistake('['.repeat(100000)).includes('is nested too deeply')).toBe(true);
  });
});

describe('a decoder', () => {
  it('names an unknown field', () => {
    const reader = decoder();
    const root = parse(reader, '{"a": [{"name": "x", "nmae": 1}]}');
    const item = reader.array(reader.optional(root, 'a'))!.first;
    reader.name(reader.required(item, 'name'));
    reader.end(item);
    reader.end(root);
    expect(read(reader.mistake)).toBe('$.a[0].nmae: is an unknown field');
  });
  it('names a missing field and a wrong type', () => {
    let reader = decoder();
    reader.name(reader.required(parse(reader, '{}'), 'name'));
    expect(read(reader.mistake)).toBe('$: needs the field "name"');
    reader = decoder();
    reader.name(reader.required(parse(reader, '{"name": 1}'), 'name'));
    expect(read(reader.mistake)).toBe('$.name: must be a string');
  });
  it('reads whole numbers within bounds', () => {
    const reader = decoder();
    const list = parse(reader, '[4294967295, 0]')!;
    expect(reader.whole(list.first, 0, 4294967295)).toBe(4294967295);
    expect(reader.whole(list.first!.next, 0, 4294967295)).toBe(0);
    expect(read(reader.mistake)).toBe('');
    const wrong = ['-1', '1.5', '1e3', '4294967296', '18446744073709551616', '99999999999999999999999'];
    for (let i = 0; i < wrong.length; i++) {
      const other = decoder();
      other.whole(parse(other, wrong[i]), 0, 4294967295);
      expect(read(other.mistake)).toBe('$: must be a whole number from 0 to 4294967295', wrong[i]);
    }
  });
  it('reads hundredths', () => {
    const reader = decoder();
    const list = parse(reader, '[0, 100, 12.5, 0.07, 33.33]')!;
    const values: i32[] = [0, 10000, 1250, 7, 3333];
    let item = list.first;
    for (let i = 0; item; i++) {
      expect(reader.hundredths(item, 100)).toBe(values[i]);
      item = item.next;
    }
    expect(read(reader.mistake)).toBe('');
    const wrong = ['100.01', '-1', '1.234', '101', '1e1', '99999999999'];
    for (let i = 0; i < wrong.length; i++) {
      const other = decoder();
      other.hundredths(parse(other, wrong[i]), 100);
      expect(read(other.mistake)).not.toBe('', wrong[i]);
    }
  });
});
