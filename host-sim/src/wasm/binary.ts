import { SimulatorError } from '../errors.js';

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'ref';

export interface Signature {
  params: ValueType[];
  results: ValueType[];
}

/** What JavaScript's WebAssembly API does not tell: the types of imports and exports, and the start function. */
export interface ModuleShape {
  imports: {
    module: string;
    name: string;
    kind: 'function' | 'table' | 'memory' | 'global' | 'tag';
    type?: Signature;
  }[];
  exports: Map<string, { kind: 'function' | 'table' | 'memory' | 'global' | 'tag'; type?: Signature }>;
  hasStart: boolean;
}

const KINDS = ['function', 'table', 'memory', 'global', 'tag'] as const;
const VALUE_TYPES: Record<number, ValueType> = { 127: 'i32', 126: 'i64', 125: 'f32', 124: 'f64', 123: 'v128' };
// Section ids of the core specification, section 5.5.2.
const SECTION = { type: 1, import: 2, function: 3, memory: 5, export: 7, start: 8 } as const;
const WIDE_MEMORY = 4;

export const formatSignature = (type: Signature): string =>
  `(${type.params.join(', ')}) -> ${type.results.length ? type.results.join(', ') : 'nothing'}`;

/** Reads the encodings that all sections are made of; throws a RangeError where bytes are missing. */
export class Reader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new RangeError('the module ends early');
    return value;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  }

  skipLeb(): void {
    while (this.byte() >= 0x80);
  }

  take(size: number): Uint8Array {
    if (this.at + size > this.bytes.length) throw new RangeError('the module ends early');
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  name(): string {
    return Buffer.from(this.take(this.u32())).toString('utf8');
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.u32() }, item);
  }

  valueType(): ValueType {
    const code = this.byte();
    // 0x63 and 0x64 are references to a numbered type.
    if (code === 0x63 || code === 0x64) this.u32();
    return VALUE_TYPES[code] ?? 'ref';
  }

  limits(): void {
    const flags = this.byte();
    this.u32();
    if (flags & 1) this.u32();
  }
}

/** Reads the sections that name functions and their types; the rest is left to the engine. */
export function readModuleShape(bytes: Uint8Array): ModuleShape {
  try {
    return readSections(bytes);
  } catch (cause) {
    if (cause instanceof SimulatorError) throw cause;
    throw new SimulatorError('module_refused', `not a WebAssembly module: ${(cause as Error).message}`, { cause });
  }
}

function readSections(bytes: Uint8Array): ModuleShape {
  const reader = new Reader(bytes);
  if (Buffer.from(reader.take(8)).toString('latin1') !== '\0asm\x01\0\0\0')
    throw new RangeError('wrong magic or version');
  const types: Signature[] = [];
  const functions: number[] = [];
  const shape: ModuleShape = { imports: [], exports: new Map(), hasStart: false };
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const section = new Reader(reader.take(reader.u32()));
    if (id === SECTION.type) types.push(...section.list(() => readType(section)));
    else if (id === SECTION.import) section.list(() => readImport(section, types, functions, shape));
    else if (id === SECTION.function) functions.push(...section.list(() => section.u32()));
    else if (id === SECTION.memory) section.list(() => readMemory(section));
    else if (id === SECTION.start) shape.hasStart = true;
    else if (id === SECTION.export) {
      section.list(() => {
        const name = section.name();
        const kind = KINDS[section.byte()] ?? 'tag';
        const index = section.u32();
        shape.exports.set(name, { kind, type: kind === 'function' ? types[functions[index] as number] : undefined });
      });
    }
  }
  return shape;
}

function readMemory(section: Reader): void {
  if (section.byte() & WIDE_MEMORY)
    throw new SimulatorError('module_refused', 'the module has a 64-bit memory; Proxy-Wasm has addresses of 32 bits');
  section.at--;
  section.limits();
}

function readType(section: Reader): Signature {
  if (section.byte() !== 0x60)
    throw new SimulatorError('module_refused', 'the module uses GC types, which Envoy does not enable');
  return { params: section.list(() => section.valueType()), results: section.list(() => section.valueType()) };
}

function readImport(section: Reader, types: Signature[], functions: number[], shape: ModuleShape): void {
  const module = section.name();
  const name = section.name();
  const kind = KINDS[section.byte()] ?? 'tag';
  let type: Signature | undefined;
  if (kind === 'function') {
    const index = section.u32();
    functions.push(index);
    type = types[index];
  } else if (kind === 'table') {
    section.valueType();
    section.limits();
  } else if (kind === 'memory') section.limits();
  else if (kind === 'global') {
    section.valueType();
    section.byte();
  } else {
    section.byte();
    section.u32();
  }
  shape.imports.push({ module, name, kind, type });
}
