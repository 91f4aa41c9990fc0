import type { EngineInstance } from '../wasm/engine.js';

/** What as-pect's `instantiate` gives: an instance, with the loader's functions for strings beside its exports. */
export interface SpecInstance {
  exports: EngineInstance['exports'] & {
    __getString(pointer: number): string;
    __newString(text: string): number;
  };
}
