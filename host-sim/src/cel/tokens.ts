/** What is no expression: expr_create answers BadArgument. */
export class CelSyntaxError extends Error {}

export type Token =
  | { kind: 'name' | 'symbol' | 'string' | 'bytes'; text: string }
  | { kind: 'int' | 'uint'; value: bigint }
  | { kind: 'double'; value: number }
  | { kind: 'end' };

const SPACE = /[ \t\r\n\f]+|\/\/[^\n]*/y;
const NUMBER =
  /(0x[0-9a-fA-F]+|\d+)(u?)(?![\w.])|(\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|(0x[0-9a-fA-F]+|\d+)(u?)/iy;
const STRING = /([rR]?[bB]?|[bB][rR])("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/y;
const RAW = /([rR][bB]?|[bB][rR])("[^"\n]*"|'[^'\n]*')/y;
const NAME = /[A-Za-z_]\w*/y;
const SYMBOL = /==|!=|<=|>=|&&|\|\||[[\](){}.,:?<>!+\-*/%]/y;
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' };
const INT_MAX = 2n ** 63n;

function unescaped(text: string): string {
  return text.replace(
    /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g,
    (_whole, x, u, wide, octal, one) => {
      if (x || u || wide)
        return Buffer.from(String.fromCodePoint(Number.parseInt(x ?? u ?? wide, 16))).toString('latin1');
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8));
      if (/[\\"'`?]/.test(one)) return one;
      if (ESCAPES[one]) return ESCAPES[one];
      throw new CelSyntaxError(`escape \\${one}`);
    },
  );
}

/** The words of an expression; texts are bytes, one a character. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) at = pattern.lastIndex;
    return found;
  };
  while (at < source.length) {
    if (match(SPACE)) continue;
    const text = match(RAW) ?? match(STRING);
    if (text) {
      tokens.push(readText(text[1] as string, text[2] as string));
      continue;
    }
    const number = match(NUMBER);
    if (number) {
      tokens.push(readNumber(number[1] ?? number[4], number[2] ?? number[5], number[3]));
      continue;
    }
    const name = match(NAME);
    const symbol = name ?? match(SYMBOL);
    if (!symbol) throw new CelSyntaxError(`at ${at}`);
    tokens.push({ kind: name ? 'name' : 'symbol', text: symbol[0] });
  }
  return [...tokens, { kind: 'end' }];
}

function readText(prefix: string, quoted: string): Token {
  const width = quoted.length >= 6 && (quoted.startsWith('"""') || quoted.startsWith("'''")) ? 3 : 1;
  const inner = quoted.slice(width, -width);
  const text = /r/i.test(prefix) ? inner : unescaped(inner);
  return { kind: /b/i.test(prefix) ? 'bytes' : 'string', text };
}

function readNumber(whole: string | undefined, unsigned: string | undefined, real: string | undefined): Token {
  if (whole === undefined) return { kind: 'double', value: Number(real) };
  const value = BigInt(whole);
  // The least integer is written as minus this one.
  if (value > (unsigned ? 2n * INT_MAX - 1n : INT_MAX)) throw new CelSyntaxError(`${whole} is too large`);
  return { kind: unsigned ? 'uint' : 'int', value };
}
