import { Arena, Slice, Writer, make, percentDecoded, tableHash } from 'proxy-wasm';

/** A call with more is refused: nobody means them, and each is read before any rule is. */
export const PARAMETERS_MAX: i32 = 256;
/** As many lists as there may be parameters, so that those of other names are seldom in one. */
const LISTS: u32 = 256;
const NONE: i32 = -1;

/**
 * How many there are; of more than PARAMETERS_MAX, one more than that. What an `&` ends is a parameter, empty or not, and so is
 * what stands behind the last `&`.
 */
export function parametersIn(query: Slice): i32 {
  let from = 0;
  for (let count = 0; count <= PARAMETERS_MAX; count++) {
    const end = query.indexOf(0x26, from);
    if (end < 0) return from < query.length ? count + 1 : count;
    from = end + 1;
  }
  return PARAMETERS_MAX + 1;
}

/** A parameter: name and value decoded, the value empty where it stands without `=`, and where it is in the query. */
@unmanaged
class Parameter {
  private nameAt: usize;
  private nameLength: i32;
  private valueAt: usize;
  private valueLength: i32;
  from: i32;
  end: i32;
  hash: u32;
  /** The index of the next one in the same list, or NONE. */
  next: i32;

  get name(): Slice {
    return changetype<Slice>(changetype<usize>(this) + offsetof<Parameter>('nameAt'));
  }

  get value(): Slice {
    return changetype<Slice>(changetype<usize>(this) + offsetof<Parameter>('valueAt'));
  }
}

/**
 * The parameters of a query, read in one pass and found by their names: however many rules ask for one, none of them looks at
 * the query's bytes or at parameters of other names.
 *
 *   lists  ┌───┬────┬───┬──      parameters  ┌───────────┬───────────┬──
 *          │ 0 │ -1 │ 1 │ …                  │ name … ─▶ next …      │ …   a list's indices ascend
 *          └───┴────┴───┴──                  └───────────┴───────────┴──
 */
@unmanaged
export class Query {
  /** As it stands behind the `?`. */
  text: Slice;
  count: i32;
  private parameters: usize;
  private lists: usize;

  /** Index of the first parameter of this name, or -1. */
  find(name: Slice): i32 {
    const hash = hashOf(name);
    return this.among(load<i32>(this.list(hash)), name, hash);
  }

  /** Index of the next parameter that has the name of the one at `index`, or -1. */
  findNext(index: i32): i32 {
    const parameter = this.at(index);
    return this.among(parameter.next, parameter.name, parameter.hash);
  }

  private among(first: i32, name: Slice, hash: u32): i32 {
    for (let i = first; i != NONE; i = this.at(i).next) {
      if (this.at(i).hash == hash && this.at(i).name.equals(name)) return i;
    }
    return NONE;
  }

  /** The value at `index`, from 0 to `count - 1`. */
  value(index: i32): Slice {
    return this.at(index).value;
  }

  /** The value of the first parameter of this name; null when there is none. */
  first(name: Slice): Slice | null {
    const at = this.find(name);
    return at < 0 ? null : this.value(at);
  }

  /** The query without the parameters of this name, the others as they stand. */
  without(arena: Arena, name: Slice): Slice {
    const rest = Writer.in(arena, this.text.length + 1);
    for (let i = 0; i < this.count; i++) {
      const parameter = this.at(i);
      if (parameter.name.equals(name)) continue;
      if (rest.length) rest.byte(0x26);
      rest.bytes(this.text.at + parameter.from, parameter.end - parameter.from);
    }
    return rest.done();
  }

  static of(arena: Arena, text: Slice): Query {
    const query = make<Query>(arena);
    query.text = text;
    query.count = parametersIn(text);
    query.parameters = arena.take(<usize>query.count * offsetof<Parameter>());
    // Decoded nothing is longer than it was.
    let to = arena.take(text.length);
    let from = 0;
    for (let i = 0; i < query.count; i++) {
      let end = text.indexOf(0x26, from);
      if (end < 0) end = text.length;
      const parameter = query.at(i);
      parameter.from = from;
      parameter.end = end;
      const equals = decode(parameter.name, to, text, from, end, true);
      to += parameter.name.length;
      decode(parameter.value, to, text, min(equals + 1, end), end, false);
      to += parameter.value.length;
      from = end + 1;
    }
    query.arrange(arena);
    return query;
  }

  /** From the last to the first, so that each list begins with its first. */
  private arrange(arena: Arena): void {
    this.lists = arena.take(LISTS * sizeof<i32>());
    memory.fill(this.lists, 0xff, LISTS * sizeof<i32>());
    for (let i = this.count - 1; i >= 0; i--) {
      const parameter = this.at(i);
      parameter.hash = hashOf(parameter.name);
      const list = this.list(parameter.hash);
      parameter.next = load<i32>(list);
      store<i32>(list, i);
    }
  }

  private list(hash: u32): usize {
    return this.lists + ((<usize>(hash & (LISTS - 1))) << 2);
  }

  private at(index: i32): Parameter {
    return changetype<Parameter>(this.parameters + <usize>index * offsetof<Parameter>());
  }
}

function hashOf(name: Slice): u32 {
  return <u32>(tableHash(0, name.at, name.length) >> 32);
}

/**
 * Writes to `to` what the text says between `from` and `end`, a name up to its `=`, and returns where that was. As forms are
 * encoded: `+` is a space; a `%` that begins no escape stands for itself.
 */
function decode(into: Slice, to: usize, text: Slice, from: i32, end: i32, name: bool): i32 {
  let length = 0;
  let i = from;
  for (; i < end; i++) {
    let byte: u32 = load<u8>(text.at + i);
    if (byte == 0x3d && name) break;
    if (byte == 0x2b) byte = 0x20;
    else if (byte == 0x25 && i + 2 < end) {
      const decoded = percentDecoded(text, i);
      if (decoded >= 0) {
        byte = decoded;
        i += 2;
      }
    }
    store<u8>(to + length++, byte);
  }
  into.at = to;
  into.length = length;
  return i;
}
