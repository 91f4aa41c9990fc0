import { lower } from '../bytes.js';
import { REQUEST_INLINE, RESPONSE_INLINE } from './inline-headers.js';

const NO_INLINE: ReadonlySet<string> = new Set();

export type HeaderEntry = [name: string, value: string];

/**
 * Envoy's header map: lower-case names in order of arrival, pseudo headers before all others, repeated names kept apart
 * except those of the inline tables. Names and values are bytes (latin1).
 */
export class HeaderMap {
  #entries: HeaderEntry[] = [];

  private constructor(
    private readonly inline: ReadonlySet<string>,
    /** On requests `host` is another name of `:authority`. */
    private readonly hostIsAuthority: boolean,
  ) {}

  static request(entries: Iterable<readonly [string, string]> = []): HeaderMap {
    return new HeaderMap(REQUEST_INLINE, true).addAll(entries);
  }

  static response(entries: Iterable<readonly [string, string]> = []): HeaderMap {
    return new HeaderMap(RESPONSE_INLINE, false).addAll(entries);
  }

  static trailers(entries: Iterable<readonly [string, string]> = []): HeaderMap {
    return new HeaderMap(NO_INLINE, false).addAll(entries);
  }

  get entries(): readonly HeaderEntry[] {
    return this.#entries;
  }

  /** What Envoy counts as the size of a map: the bytes of names and values. */
  get byteSize(): number {
    return this.#entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  }

  first(name: string): string | undefined {
    return this.entry(this.key(name))?.[1];
  }

  all(name: string): string[] {
    const key = this.key(name);
    return this.#entries.filter(([other]) => other === key).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.first(name) !== undefined;
  }

  add(name: string, value: string): void {
    const key = this.key(name);
    const slot = this.inline.has(key) ? this.entry(key) : undefined;
    if (slot) slot[1] = slot[1] === '' ? value : value === '' ? slot[1] : `${slot[1]},${value}`;
    else this.insert(key, value);
  }

  /** As the ABI's replace: the old values go, the new one stands last. */
  replace(name: string, value: string): void {
    this.remove(name);
    this.insert(this.key(name), value);
  }

  /** As Envoy's own code sets an inline header: in its place if there is one, else last. */
  set(name: string, value: string): void {
    const key = this.key(name);
    const slot = this.entry(key);
    if (slot) slot[1] = value;
    else this.insert(key, value);
  }

  remove(name: string): void {
    const key = this.key(name);
    // Asked of every request for dozens of names that hardly any has.
    if (this.entry(key)) this.#entries = this.#entries.filter(([other]) => other !== key);
  }

  removeAll(names: ReadonlySet<string>): void {
    if (this.#entries.some(([name]) => names.has(name)))
      this.#entries = this.#entries.filter(([name]) => !names.has(name));
  }

  removeWhere(goes: (name: string) => boolean): void {
    if (this.#entries.some(([name]) => goes(name))) this.#entries = this.#entries.filter(([name]) => !goes(name));
  }

  clear(): void {
    this.#entries = [];
  }

  private addAll(entries: Iterable<readonly [string, string]>): this {
    for (const [name, value] of entries) this.add(name, value);
    return this;
  }

  private entry(key: string): HeaderEntry | undefined {
    for (const entry of this.#entries) if (entry[0] === key) return entry;
    return undefined;
  }

  private key(name: string): string {
    const key = lower(name);
    return this.hostIsAuthority && key === 'host' ? ':authority' : key;
  }

  private insert(key: string, value: string): void {
    if (!key.startsWith(':')) {
      this.#entries.push([key, value]);
      return;
    }
    const at = this.#entries.findIndex(([other]) => !other.startsWith(':'));
    this.#entries.splice(at < 0 ? this.#entries.length : at, 0, [key, value]);
  }
}
