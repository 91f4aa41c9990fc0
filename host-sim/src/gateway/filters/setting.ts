/** What Envoy's own filters use of what is around them. */
export interface NativeSetting {
  /** Does it once, that many milliseconds from now; the answer calls it off. */
  after(ms: number, action: () => void): () => void;
  /** A new number from 0 to 1. */
  draw(): number;
}
