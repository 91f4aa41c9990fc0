import { Decoder, Slice, Value, make } from 'proxy-wasm';

export enum Comparison {
  EXACT,
  PREFIX,
  SUFFIX,
  PRESENT,
}

/** What a path, a header or a query parameter must be. */
@unmanaged
export class Condition {
  /** The header or parameter; null for the path. */
  name: Slice | null;
  comparison: Comparison;
  text: Slice;
  present: bool;

  holds(value: Slice): bool {
    if (this.comparison == Comparison.EXACT) return value.equals(this.text);
    if (this.comparison == Comparison.PREFIX) return value.startsWith(this.text);
    if (this.comparison == Comparison.SUFFIX) return value.endsWith(this.text);
    return this.present;
  }

  /** Whether it holds for what is not there. */
  get holdsForNothing(): bool {
    return this.comparison == Comparison.PRESENT && !this.present;
  }
}

/** `{exact}`, `{prefix}`, `{suffix}` or `{present}`: one of them. */
export function decodeCondition(decoder: Decoder, value: Value | null, prefixes: bool, presence: bool): Condition {
  const condition = make<Condition>(decoder.arena);
  condition.text = '';
  const object = decoder.object(value);
  if (!object) return condition;
  let fields = text(decoder, object, condition, 'exact', Comparison.EXACT);
  if (prefixes) {
    fields += text(decoder, object, condition, 'prefix', Comparison.PREFIX);
    fields += text(decoder, object, condition, 'suffix', Comparison.SUFFIX);
  }
  const present = presence ? object.member('present') : null;
  if (present) {
    condition.comparison = Comparison.PRESENT;
    condition.present = decoder.flag(present);
    fields++;
  }
  decoder.end(object);
  if (fields != 1) decoder.fail(object, 'needs exactly one comparison');
  return condition;
}

function text(decoder: Decoder, object: Value, condition: Condition, name: Slice, comparison: Comparison): i32 {
  const value = object.member(name);
  if (!value) return 0;
  condition.comparison = comparison;
  condition.text = decoder.text(value);
  return 1;
}
