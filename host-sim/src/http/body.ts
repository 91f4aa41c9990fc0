/** Bytes of a message body that filters read, change and hold back. */
export class Body {
  #parts: Uint8Array[];
  #length: number;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#parts = bytes.length > 0 ? [bytes] : [];
    this.#length = bytes.length;
  }

  get length(): number {
    return this.#length;
  }

  /** One piece; joined at the first look after it grew, not at every growth. */
  get bytes(): Uint8Array {
    if (this.#parts.length !== 1) this.#parts = this.#length > 0 ? [Buffer.concat(this.#parts)] : [];
    return this.#parts[0] ?? new Uint8Array(0);
  }

  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  prepend(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.unshift(bytes);
    this.#length += bytes.length;
  }

  /** Everything that is in it, which is then empty. */
  drain(): Uint8Array {
    const { bytes } = this;
    this.#parts = [];
    this.#length = 0;
    return bytes;
  }
}
