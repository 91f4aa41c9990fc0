import { fromHex } from '../bytes/hex';
import { heapArena } from '../memory/arena';
import { JsonParser } from './parser';
import { Kind } from './value';

// Cases of our own, by the categories of the known JSON suites: what RFC 8259 demands, what it forbids, and what it leaves to
// the reader, which here is refused or bounded.
const arena = heapArena();

function parse(text: string): JsonParser {
  const bytes = String.UTF8.encode(text);
  return JsonParser.parse(arena, arena.copy(changetype<usize>(bytes), bytes.byteLength), bytes.byteLength);
}

function parseHex(hex: string): JsonParser {
  const text = String.UTF8.encode(hex);
  const length = hex.length / 2;
  const at = arena.take(length);
  fromHex(changetype<usize>(text), length, at);
  return JsonParser.parse(arena, at, length);
}

function accepts(texts: string[]): void {
  for (let i = 0; i < texts.length; i++) expect(parse(texts[i]).mistake == null).toBe(true, texts[i]);
}

function refuses(texts: string[]): void {
  for (let i = 0; i < texts.length; i++) expect(parse(texts[i]).mistake != null).toBe(true, texts[i]);
}

describe('numbers', () => {
  it('of every form', () => {
    accepts([
      '0',
      '-0',
      '1',
      '-1',
      '10',
      '0.0',
      '-0.1',
      '123.456',
      '1e1',
      '1E1',
      '1e+1',
      '1e-1',
      '0e1',
      '0E+00',
      '1.5e300',
    ]);
    accepts(['12345678901234567890123456789012', '0.00000000000000000000000000001', '[-0]', ' 7 ', '\t7\n']);
  });
  it('of no form', () => {
    refuses([
      '-',
      '+1',
      '.1',
      '1.',
      '-.5',
      '1.e1',
      '01',
      '-01',
      '00',
      '1e',
      '1e+',
      '1E-',
      '1.2.3',
      '0x10',
      '1_000',
      '1,000',
    ]);
    refuses(['Infinity', '-Infinity', 'NaN', '-NaN', '1a', '1 2', '--1', '-+1', '1-1', '1e1.5', '١', '[1e]', '[0.e1]']);
  });
  it('with more digits than 32', () => {
    refuses([
      '123456789012345678901234567890123',
      '1' + '0'.repeat(100000),
      '0.' + '1'.repeat(100),
      '1e' + '9'.repeat(40),
    ]);
  });
});

describe('strings', () => {
  it('with every escape', () => {
    accepts([
      '""',
      '"\\""',
      '"\\\\"',
      '"\\/"',
      '"\\b\\f\\n\\r\\t"',
      '"\\u0000"',
      '"\\uFFFF"',
      '"\\ud834\\udd1e"',
      '"/"',
      '"\\\\u0061"',
    ]);
    const text = parse('"\\u0000"').root!.text;
    expect(text.length).toBe(1);
    expect(text.byte(0)).toBe(0);
  });
  it('with wrong escapes', () => {
    refuses([
      '"\\"',
      '"\\a"',
      '"\\0"',
      '"\\x41"',
      '"\\u"',
      '"\\u00"',
      '"\\u004"',
      '"\\uZZZZ"',
      '"\\U0041"',
      '"\\ "',
      '"\\\n"',
      '"\\\'"',
    ]);
  });
  it('with half a surrogate pair', () => {
    refuses([
      '"\\ud800"',
      '"\\udfff"',
      '"\\ud800x"',
      '"\\ud800\\n"',
      '"\\ud800\\ud800"',
      '"\\udc00\\ud800"',
      '"\\ud834\\u0041"',
    ]);
  });
  it('that do not end, or hold control characters', () => {
    refuses(['"', '"a', 'a"', "'a'", '"\t"', '"\n"', '"\u0000"', '"\u001f"', '["a', '{"a', '"a" "b"']);
    accepts(['"\u007f"', '"\u2028\u2029"', '"\ufeff"']);
  });
});

describe('UTF-8', () => {
  it('well-formed at every length', () => {
    const right = [
      '2224 22',
      '22 c280 22',
      '22 dfbf 22',
      '22 e0a080 22',
      '22 ed9fbf 22',
      '22 ee8080 22',
      '22 f0908080 22',
      '22 f48fbfbf 22',
    ];
    for (let i = 0; i < right.length; i++)
      expect(parseHex(right[i].replaceAll(' ', '')).mistake == null).toBe(true, right[i]);
  });
  it('overlong, surrogates, beyond the last, cut off', () => {
    const wrong = [
      '22 c0af 22', '22 c1bf 22', '22 e080af 22', '22 e09fbf 22', '22 f0808080 22', '22 f08fbfbf 22',
      '22 eda080 22', '22 edbfbf 22', '22 f4908080 22', '22 f5808080 22', '22 ff 22', '22 fe 22',
      '22 80 22', '22 bf 22', '22 c2 22', '22 e282 22', '22 f09f98 22', '22 c2', '22 f09f98',
      '7b 22 ff 22 3a 31 7d', 'efbbbf 31', 'fffe 3100', '0031', '31 00', '5b a0 5d', 'e2808b 31',
    ]; // prettier-ignore
    for (let i = 0; i < wrong.length; i++)
      expect(parseHex(wrong[i].replaceAll(' ', '')).mistake != null).toBe(true, wrong[i]);
  });
});

describe('structure', () => {
  it('as it must be', () => {
    accepts([
      '[]',
      '{}',
      '[[]]',
      '{"":0}',
      '[null]',
      '[1,"a",{}]',
      '{"a":{"a":{}}}',
      ' [ ] ',
      '\r\n{\t}\n',
      'true',
      'null',
      '{"a":1,"A":2}',
    ]);
  });
  it('as it must not be', () => {
    refuses([
      '',
      ' ',
      '[',
      ']',
      '{',
      '}',
      '[,]',
      '[1,]',
      '[,1]',
      '[1,,2]',
      '[1;2]',
      '{,}',
      '{"a"}',
      '{"a":}',
      '{:1}',
      '{"a":1,}',
      '{"a":1,,"b":2}',
    ]);
    refuses([
      '{1:1}',
      '{null:1}',
      '{"a":1 "b":2}',
      '{"a"::1}',
      '{"a",1}',
      '[}',
      '{]',
      '[1}',
      '{"a":1]',
      '[]]',
      '{}}',
      '[] []',
      '{}#',
      'tru',
      'TRUE',
      'nul',
    ]);
    refuses([
      '// a\n1',
      '/**/1',
      '1//',
      '[1]x',
      'undefined',
      '\u000b1',
      '\f1',
      '\u00a01',
      '<x/>',
      '*',
      'a',
      '[a]',
      '["a":1]',
    ]);
  });
  it('with a name twice, however it is written', () => {
    refuses([
      '{"a":1,"a":1}',
      '{"a":1,"b":2,"a":3}',
      '{"a":1,"\\u0061":1}',
      '{"":1,"":2}',
      '[{"x":{"y":1,"y":2}}]',
      '{"/":1,"\\/":2}',
    ]);
  });
  it('within bounds', () => {
    accepts(['['.repeat(32) + ']'.repeat(32), '{"a":'.repeat(32) + '1' + '}'.repeat(32)]);
    refuses([
      '['.repeat(33) + ']'.repeat(33),
      '{"a":'.repeat(33) + '1' + '}'.repeat(33),
      '['.repeat(1000000),
      '[{"":'.repeat(100000),
    ]);
    let members = '';
    for (let i = 0; i < 513; i++) members += `${i ? ',' : ''}"${i}":0`;
    refuses([`{${members}}`]);
    accepts([`{${members.replace(',"512":0', '')}}`, `[${'0,'.repeat(99999)}0]`]);
  });
  it('within bounds of its reader', () => {
    const within = (text: string, depth: i32, names: i32, values: i32): bool => {
      const bytes = String.UTF8.encode(text);
      const at = arena.copy(changetype<usize>(bytes), bytes.byteLength);
      return JsonParser.parseWithin(arena, at, bytes.byteLength, depth, names, values).mistake == null;
    };
    expect(within('{"a":{"b":[1,2]}}', 3, 2, 5)).toBe(true);
    expect(within('{"a":{"b":[1,2]}}', 2, 2, 5)).toBe(false);
    expect(within('{"a":{"b":[1,2]}}', 3, 1, 5)).toBe(false);
    expect(within('{"a":{"b":[1,2]}}', 3, 2, 4)).toBe(false);
    expect(within('{"a":{"b":0},"c":{"b":0,"a":0},"d":{}}', 2, 6, 7)).toBe(true);
    expect(within('{"a":{"b":0},"c":{"b":0,"a":0,"b":1},"d":{}}', 2, 9, 9)).toBe(false);
    expect(within('{"":{"":{"":{"":{"":0}}}}}', 5, 5, 6)).toBe(true);
  });
  it('and knows what it read', () => {
    const root = parse('[null,false,true,0,"",[],{}]').root!;
    let kind: u8 = 0;
    for (let item = root.first; item; item = item!.next) expect(item.kind).toBe(kind++);
    expect(kind).toBe(Kind.OBJECT + 1);
  });
});
