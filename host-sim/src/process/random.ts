/** Where chance comes from: the same seed gives the same run. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    // Zero is the one state that xorshift never leaves.
    this.#state = (Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995) | 0 || 1;
  }

  /** At least 0, less than 1. */
  next(): number {
    return this.word() / 2 ** 32;
  }

  /** At least 0, less than `below`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.word() >>> 24);
  }

  private word(): number {
    // xorshift32: https://www.jstatsoft.org/article/view/v008i14
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }
}
