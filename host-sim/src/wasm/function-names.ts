import { Reader } from './binary.js';

const SECTION = { custom: 0, import: 2, export: 7 } as const;
const KIND_FUNCTION = 0;
/** Of the custom section "name": https://webassembly.github.io/spec/core/appendix/custom.html#name-section */
const FUNCTION_NAMES = 1;

/**
 * What a module calls its functions, by their indices: as its name section says, which builds with debug information have, and
 * where it has none as they are exported.
 */
export function functionNames(bytes: Uint8Array): ReadonlyMap<number, string> {
  const exported = new Map<number, string>();
  const named = new Map<number, string>();
  const reader = new Reader(bytes);
  reader.take(8);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const section = new Reader(reader.take(reader.u32()));
    if (id === SECTION.export) readExports(section, exported);
    else if (id === SECTION.custom && section.name() === 'name') readNames(section, named);
  }
  return new Map([...exported, ...named]);
}

function readExports(section: Reader, names: Map<number, string>): void {
  section.list(() => {
    const name = section.name();
    const kind = section.byte();
    const index = section.u32();
    if (kind === KIND_FUNCTION) names.set(index, name);
  });
}

function readNames(section: Reader, names: Map<number, string>): void {
  while (section.at < section.bytes.length) {
    const id = section.byte();
    const part = new Reader(section.take(section.u32()));
    if (id === FUNCTION_NAMES) part.list(() => names.set(part.u32(), part.name()));
  }
}
