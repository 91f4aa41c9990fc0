import type { CheckedModule } from './module.js';

/** A filter that trapped, or that was stopped since it did not come back: nothing runs in its VM any more. */
export interface Crash {
  plugin: string;
  /** `main` or the worker's number. */
  thread: string;
  /** What the host had called. */
  callback: string;
  /** The trap in the engine's words, or how long the filter went on. */
  reason: string;
  /** What the filter itself said last before: the line of a failed assertion, in a build that has them. */
  said?: string;
  /** The functions that it was in, the innermost first; none where the module was built without names. */
  functions: string[];
}

/** Envoy shows no more. */
const FRAMES_MAX = 20;

/** The functions that an error of the engine came through. Envoy: a module without names has no backtrace. */
export function functionsIn(error: Error, { names }: Pick<CheckedModule, 'names'>): string[] {
  const known = names();
  if (known.size === 0) return [];
  const frames = [...(error.stack ?? '').matchAll(/wasm-function\[(\d+)\]/g)].slice(0, FRAMES_MAX);
  return frames.map(([, index]) => known.get(Number(index)) ?? `unknown (function index ${index})`);
}

/** In Envoy's words. Envoy: each frame has its address too, which in a metered module would be another. */
export function describeCrash({ callback, reason, functions }: Crash): string {
  const frames = functions.map((name, index) => `\n${String(index).padStart(3)}: ${name}`);
  const backtrace = frames.length > 0 ? `\nProxy-Wasm plugin in-VM backtrace:${frames.join('')}` : '';
  return `Function: ${callback} failed: ${reason}${backtrace}`;
}
