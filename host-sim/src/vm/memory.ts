import { Status, StatusFault } from '../abi/status.js';
import type { EngineMemory } from '../wasm/engine.js';

/** The filter's linear memory, bounds-checked as Envoy does: outside of it a host call answers InvalidMemoryAccess. */
export class GuestMemory {
  #bytes: Buffer;
  #numbers: DataView;

  constructor(private readonly memory: EngineMemory) {
    this.#bytes = Buffer.from(memory.buffer);
    this.#numbers = new DataView(memory.buffer);
  }

  /** A view, not a copy; it is dead as soon as the filter runs again, because growth detaches the buffer. */
  read(at: number, size: number): Uint8Array {
    return new Uint8Array(this.within(at, size).buffer, at, size);
  }

  /** The same bytes as text, a character a byte. */
  readText(at: number, size: number): string {
    return this.within(at, size).toString('latin1', at, at + size);
  }

  write(at: number, bytes: Uint8Array): void {
    this.within(at, bytes.length).set(bytes, at);
  }

  /** Text whose characters are bytes. */
  writeText(at: number, text: string): void {
    this.within(at, text.length).write(text, at, 'latin1');
  }

  readU32(at: number): number {
    this.within(at, 4);
    return this.#numbers.getUint32(at, true);
  }

  writeU32(at: number, value: number): void {
    this.within(at, 4);
    this.#numbers.setUint32(at, value, true);
  }

  readU64(at: number): bigint {
    this.within(at, 8);
    return this.#numbers.getBigUint64(at, true);
  }

  writeU64(at: number, value: bigint): void {
    this.within(at, 8);
    this.#numbers.setBigUint64(at, BigInt.asUintN(64, value), true);
  }

  /** All of the memory, once it is known that the range lies in it. Growth empties the view that was kept. */
  private within(at: number, size: number): Buffer {
    if (this.#bytes.length === 0) {
      this.#bytes = Buffer.from(this.memory.buffer);
      this.#numbers = new DataView(this.memory.buffer);
    }
    if (at + size > this.#bytes.length) throw new StatusFault(Status.InvalidMemoryAccess);
    return this.#bytes;
  }
}
