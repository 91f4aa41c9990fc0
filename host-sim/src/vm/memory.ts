import { Status, StatusFault } from '../abi/status.js';
import type { EngineMemory } from '../wasm/engine.js';

/** The filter's linear memory, bounds-checked as Envoy does: outside of it a host call answers InvalidMemoryAccess. */
export class GuestMemory {
  constructor(private readonly memory: EngineMemory) {}

  /** A view, not a copy; it is dead as soon as the filter runs again, because growth detaches the buffer. */
  read(at: number, size: number): Uint8Array {
    if (at + size > this.memory.buffer.byteLength) throw new StatusFault(Status.InvalidMemoryAccess);
    return new Uint8Array(this.memory.buffer, at, size);
  }

  write(at: number, bytes: Uint8Array): void {
    this.read(at, bytes.length).set(bytes);
  }

  readU32(at: number): number {
    return this.view(at, 4).getUint32(0, true);
  }

  writeU32(at: number, value: number): void {
    this.view(at, 4).setUint32(0, value, true);
  }

  readU64(at: number): bigint {
    return this.view(at, 8).getBigUint64(0, true);
  }

  writeU64(at: number, value: bigint): void {
    this.view(at, 8).setBigUint64(0, BigInt.asUintN(64, value), true);
  }

  private view(at: number, size: number): DataView {
    const bytes = this.read(at, size);
    return new DataView(bytes.buffer, bytes.byteOffset, size);
  }
}
