import { Reader } from './binary.js';

const CUSTOM_SECTION = 0;
/** Of the custom section "name": https://webassembly.github.io/spec/core/appendix/custom.html#name-section */
const FUNCTION_NAMES = 1;

/** What a module calls its functions, by their indices: nothing where it was built without names. */
export function functionNames(bytes: Uint8Array): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const reader = new Reader(bytes);
  reader.take(8);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const section = new Reader(reader.take(reader.u32()));
    if (id === CUSTOM_SECTION && section.name() === 'name') readNames(section, names);
  }
  return names;
}

function readNames(section: Reader, names: Map<number, string>): void {
  while (section.at < section.bytes.length) {
    const id = section.byte();
    const part = new Reader(section.take(section.u32()));
    if (id === FUNCTION_NAMES) part.list(() => names.set(part.u32(), part.name()));
  }
}
