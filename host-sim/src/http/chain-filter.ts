import type { HttpStream } from './http-stream.js';
import type { PassFilter } from './pass.js';

/** A filter on one stream: both directions, and the end. */
export interface ChainFilter {
  readonly request: PassFilter;
  readonly response: PassFilter;
  onEnd(): void;
}

/** Makes one of Envoy's own filters for a stream, at its place in the chain. */
export type NativeFilter = (stream: HttpStream, index: number) => ChainFilter;

/** Lets everything through; the part of a filter that has nothing to say in a direction. */
export const PASS_ALL: PassFilter = {
  headers: () => 'continue',
  data: () => 'continue',
  trailers: () => 'continue',
};
