// Node's own engine is V8, the same as in Envoy's release builds. Its types come with the DOM's, which a Node package
// does not want; these are the few that are used.

export interface EngineModule {
  readonly brand?: 'module';
}

export interface EngineInstance {
  readonly exports: Record<string, unknown>;
}

/** A mutable global of 32 bits. */
export interface EngineGlobal {
  value: number;
}

export interface EngineMemory {
  readonly buffer: ArrayBuffer;
}

export type EngineImports = Record<string, Record<string, (...args: never[]) => unknown>>;

interface Engine {
  Module: new (bytes: Uint8Array) => EngineModule;
  Instance: new (module: EngineModule, imports: EngineImports) => EngineInstance;
  RuntimeError: new (message?: string) => Error;
}

export const engine = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
