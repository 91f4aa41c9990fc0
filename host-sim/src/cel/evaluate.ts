import { call } from './functions.js';
import type { Expression } from './parse.js';
import { CelError, type CelObject, type CelValue, equal, has, lookUp } from './values.js';

/** The value of an expression. Throws a CelError; `name` gives what a name stands for. */
export function evaluate(expression: Expression, name: (name: string) => CelValue | undefined): CelValue {
  const on = (inner: Expression): CelValue => evaluate(inner, name);
  switch (expression.op) {
    case 'literal':
      return expression.value;
    case 'name':
      return there(name(expression.name), expression.name);
    case 'list':
      return expression.items.map(on);
    case 'map':
      return new Map(expression.entries.map(([key, value]) => [on(key), on(value)]));
    case 'select': {
      const found = select(on(expression.of), expression.field);
      return expression.test ? found !== undefined : there(found, expression.field);
    }
    case 'index':
      return index(on(expression.of), on(expression.key));
    case 'choice': {
      const test = on(expression.test);
      if (typeof test !== 'boolean') throw new CelError('a condition is true or false');
      return on(test ? expression.yes : expression.no);
    }
    case 'and':
      return either(false, [expression.left, expression.right], on);
    case 'or':
      return either(true, [expression.left, expression.right], on);
    case 'macro':
      return macro(expression, name);
    case 'call':
      return expression.name === '_in_'
        ? contains(on(expression.args[1] as Expression), on(expression.args[0] as Expression))
        : call(expression.name, expression.args.map(on));
  }
}

function there(value: CelValue | undefined, name: string): CelValue {
  if (value === undefined) throw new CelError(`${name} is not there`);
  return value;
}

const isObject = (value: CelValue): value is CelObject =>
  typeof value === 'object' && value !== null && 'field' in value;

function select(of: CelValue, field: string): CelValue | undefined {
  if (of instanceof Map) return lookUp(of, field);
  if (isObject(of)) return of.field(field);
  throw new CelError(`no field ${field}`);
}

function index(of: CelValue, key: CelValue): CelValue {
  if (Array.isArray(of) && typeof key === 'bigint') return there(of[Number(key)], String(key));
  if ((of instanceof Map || isObject(of)) && typeof key === 'string') return there(select(of, key), key);
  if (of instanceof Map) return there(lookUp(of, key), String(key));
  throw new CelError('no such index');
}

function contains(of: CelValue, item: CelValue): boolean {
  if (Array.isArray(of)) return of.some((one) => equal(one, item));
  if (of instanceof Map) return has(of, item);
  if (isObject(of) && typeof item === 'string') return of.field(item) !== undefined;
  throw new CelError('in wants a list or a map');
}

/** `&&` (decided by false) and `||` (by true): a side that decides makes the other's fault forgotten. */
function either(decides: boolean, sides: [Expression, Expression], on: (inner: Expression) => CelValue): boolean {
  let fault: CelError | undefined;
  for (const side of sides) {
    try {
      const value = on(side);
      if (value === decides) return decides;
      if (typeof value !== 'boolean') fault ??= new CelError('a condition is true or false');
    } catch (cause) {
      if (!(cause instanceof CelError)) throw cause;
      fault ??= cause;
    }
  }
  if (fault) throw fault;
  return !decides;
}

function macro(expression: Expression & { op: 'macro' }, name: (name: string) => CelValue | undefined): CelValue {
  const of = evaluate(expression.of, name);
  const items = Array.isArray(of) ? of : of instanceof Map ? [...of.keys()] : undefined;
  if (!items) throw new CelError('a macro wants a list or a map');
  const with_ = (item: CelValue, inner: Expression) =>
    evaluate(inner, (asked) => (asked === expression.variable ? item : name(asked)));
  const test = (item: CelValue): boolean => {
    const value = with_(item, expression.body);
    if (typeof value !== 'boolean') throw new CelError('a condition is true or false');
    return value;
  };
  switch (expression.name) {
    case 'all':
      return items.every(test);
    case 'exists':
      return items.some(test);
    case 'exists_one':
      return items.filter(test).length === 1;
    case 'filter':
      return items.filter(test);
    default: {
      const { result } = expression;
      return result
        ? items.filter(test).map((item) => with_(item, result))
        : items.map((item) => with_(item, expression.body));
    }
  }
}
