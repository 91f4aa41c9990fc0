/** Sections of a module, core specification 5.5.2. */
const exportSection = 7;
const headBytes = 8;

/**
 * The same module with fewer exports; the code behind them stays, which is what engines drop or keep as they like.
 * `module` must be valid (`WebAssembly.validate`); throws a RangeError where it visibly is not. Names it does not export are
 * passed over.
 *
 *   section   ┌────┬──────┬─────────┐   export   ┌───────────┬──────┬───────┐
 *             │ id │ size │ content │            │ name      │ kind │ index │   section 7: count, then the exports
 *             │ 1  │ leb  │         │            │ leb bytes │ 1    │ leb   │
 *             └────┴──────┴─────────┘            └───────────┴──────┴───────┘
 */
export function withoutExports(module: Uint8Array, names: ReadonlySet<string>): Uint8Array {
  const parts = [module.subarray(0, headBytes)];
  for (let at = headBytes; at < module.length; ) {
    const size = readU32(module, at + 1);
    const end = size.next + size.value;
    if (end > module.length) throw new RangeError('the module ends early');
    if (module[at] === exportSection) parts.push(...fewer(module.subarray(size.next, end), names));
    else parts.push(module.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function fewer(section: Uint8Array, names: ReadonlySet<string>): Uint8Array[] {
  const count = readU32(section, 0);
  const kept: Uint8Array[] = [];
  let at = count.next;
  for (let number = 0; number < count.value; number++) {
    const length = readU32(section, at);
    const kindAt = length.next + length.value;
    const end = readU32(section, kindAt + 1).next;
    const name = Buffer.from(section.subarray(length.next, kindAt)).toString('utf8');
    if (!names.has(name)) kept.push(section.subarray(at, end));
    at = end;
  }
  const content = Buffer.concat([writeU32(kept.length), ...kept]);
  return [Buffer.of(exportSection), writeU32(content.length), content];
}

/** LEB128, seven bits a byte, the lowest first. */
function readU32(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) throw new RangeError('the module ends early');
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at };
  }
  throw new RangeError('a number is too long');
}

function writeU32(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
