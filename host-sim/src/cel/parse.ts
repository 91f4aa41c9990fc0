import { CelSyntaxError, type Token, tokenize } from './tokens.js';

export type Literal = bigint | number | string | boolean | null | Uint8Array | Unsigned;

/** An unsigned integer: apart from the signed ones, as in the language. */
export class Unsigned {
  constructor(readonly value: bigint) {}
}

export type Expression =
  | { op: 'literal'; value: Literal }
  | { op: 'name'; name: string }
  | { op: 'select'; of: Expression; field: string; test?: boolean }
  | { op: 'index'; of: Expression; key: Expression }
  | { op: 'call'; name: string; args: Expression[]; method: boolean }
  | { op: 'list'; items: Expression[] }
  | { op: 'map'; entries: [Expression, Expression][] }
  | { op: 'and' | 'or'; left: Expression; right: Expression }
  | { op: 'choice'; test: Expression; yes: Expression; no: Expression }
  | { op: 'macro'; name: string; of: Expression; variable: string; body: Expression; result?: Expression };

/** Functions that Envoy's build knows, and how many arguments they take (a method's receiver is one of them). */
const FUNCTIONS: Record<string, { args: number; method?: boolean; plain?: boolean }> = {
  size: { args: 1, method: true, plain: true },
  startsWith: { args: 2, method: true },
  endsWith: { args: 2, method: true },
  contains: { args: 2, method: true },
  matches: { args: 2, method: true, plain: true },
  string: { args: 1, plain: true },
  int: { args: 1, plain: true },
  uint: { args: 1, plain: true },
  double: { args: 1, plain: true },
  bool: { args: 1, plain: true },
  bytes: { args: 1, plain: true },
  type: { args: 1, plain: true },
  dyn: { args: 1, plain: true },
  duration: { args: 1, plain: true },
  timestamp: { args: 1, plain: true },
};
const MACROS = ['all', 'exists', 'exists_one', 'map', 'filter'];
const RELATIONS = ['==', '!=', '<', '<=', '>', '>='];
const DEPTH_MAX = 64;

/**
 * Parses an expression of the Common Expression Language as far as Envoy's build goes. Throws a CelSyntaxError.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
 */
export function parse(source: string): Expression {
  return new Parser(tokenize(source)).whole();
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(private readonly tokens: Token[]) {}

  whole(): Expression {
    const expression = this.expression();
    if (this.peek().kind !== 'end') throw new CelSyntaxError('more than one expression');
    return expression;
  }

  private peek(): Token {
    return this.tokens[this.#at] as Token;
  }

  private is(text: string): boolean {
    const token = this.peek();
    return (token.kind === 'symbol' || (token.kind === 'name' && text === 'in')) && token.text === text;
  }

  private accept(...texts: string[]): string | undefined {
    const found = texts.find((text) => this.is(text));
    if (found) this.#at++;
    return found;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw new CelSyntaxError(`${text} expected`);
  }

  private name(): string {
    const token = this.peek();
    if (token.kind !== 'name') throw new CelSyntaxError('name expected');
    this.#at++;
    return token.text;
  }

  private expression(): Expression {
    if (++this.#depth > DEPTH_MAX) throw new CelSyntaxError('too deep');
    const test = this.or();
    let result = test;
    if (this.accept('?')) {
      const yes = this.or();
      this.expect(':');
      result = { op: 'choice', test, yes, no: this.expression() };
    }
    this.#depth--;
    return result;
  }

  private or(): Expression {
    let left = this.and();
    while (this.accept('||')) left = { op: 'or', left, right: this.and() };
    return left;
  }

  private and(): Expression {
    let left = this.binary(0);
    while (this.accept('&&')) left = { op: 'and', left, right: this.binary(0) };
    return left;
  }

  private binary(level: number): Expression {
    const operators = [
      [...RELATIONS, 'in'],
      ['+', '-'],
      ['*', '/', '%'],
    ][level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (let operator = this.accept(...operators); operator; operator = this.accept(...operators))
      left = { op: 'call', name: `_${operator}_`, args: [left, this.binary(level + 1)], method: false };
    return left;
  }

  private unary(): Expression {
    const operator = this.accept('!', '-');
    if (!operator) return this.member();
    const next = this.peek();
    if (operator === '-' && (next.kind === 'int' || next.kind === 'double')) {
      this.#at++;
      return this.members({ op: 'literal', value: -next.value as bigint | number });
    }
    return { op: 'call', name: `${operator}_`, args: [this.unary()], method: false };
  }

  private member(): Expression {
    return this.members(this.primary());
  }

  private members(start: Expression): Expression {
    let of = start;
    for (;;) {
      if (this.accept('.')) {
        const field = this.name();
        of = this.accept('(') ? this.method(of, field) : { op: 'select', of, field };
      } else if (this.accept('[')) {
        of = { op: 'index', of, key: this.expression() };
        this.expect(']');
      } else return of;
    }
  }

  private method(of: Expression, name: string): Expression {
    const args = this.args(')');
    const variable = args[0];
    if (
      MACROS.includes(name) &&
      variable?.op === 'name' &&
      (args.length === 2 || (name === 'map' && args.length === 3))
    ) {
      const body = args[1] as Expression;
      return { op: 'macro', name, of, variable: variable.name, body, result: args[2] };
    }
    const known = FUNCTIONS[name];
    if (!known?.method || known.args !== args.length + 1) throw new CelSyntaxError(`no function ${name}`);
    return { op: 'call', name, args: [of, ...args], method: true };
  }

  private args(close: string): Expression[] {
    const list: Expression[] = [];
    while (!this.accept(close)) {
      list.push(this.expression());
      if (!this.is(close)) this.expect(',');
    }
    return list;
  }

  private primary(): Expression {
    const token = this.peek();
    if (this.accept('(')) {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (this.accept('[')) return { op: 'list', items: this.args(']') };
    if (this.accept('{')) return this.map();
    if (token.kind === 'symbol' || token.kind === 'end') throw new CelSyntaxError('value expected');
    this.#at++;
    if (token.kind === 'name') return this.named(token.text);
    if (token.kind === 'uint') return { op: 'literal', value: new Unsigned(token.value) };
    if (token.kind === 'bytes') return { op: 'literal', value: Buffer.from(token.text, 'latin1') };
    if (!('value' in token)) return { op: 'literal', value: token.text };
    if (token.kind === 'int' && token.value === 2n ** 63n) throw new CelSyntaxError('too large');
    return { op: 'literal', value: token.value };
  }

  private map(): Expression {
    const entries: [Expression, Expression][] = [];
    while (!this.accept('}')) {
      const key = this.expression();
      this.expect(':');
      entries.push([key, this.expression()]);
      if (!this.is('}')) this.expect(',');
    }
    return { op: 'map', entries };
  }

  private named(name: string): Expression {
    if (name === 'true' || name === 'false') return { op: 'literal', value: name === 'true' };
    if (name === 'null') return { op: 'literal', value: null };
    if (name === 'in') throw new CelSyntaxError('value expected');
    if (!this.accept('(')) return { op: 'name', name };
    const args = this.args(')');
    const [first] = args;
    if (name === 'has') {
      if (args.length !== 1 || first?.op !== 'select') throw new CelSyntaxError('has() takes a field');
      return { ...first, test: true };
    }
    const known = FUNCTIONS[name];
    if (!known?.plain || known.args !== args.length) throw new CelSyntaxError(`no function ${name}`);
    return { op: 'call', name, args, method: false };
  }
}
