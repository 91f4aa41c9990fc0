import { ofText } from '../../bytes.js';

/** One message of a bootstrap: fields by their proto name, whichever way they were written; what nobody took is refused. */
export class Fields {
  readonly #values = new Map<string, unknown>();
  readonly #taken = new Set<string>(['@type']);

  constructor(
    value: unknown,
    readonly path: string,
    private readonly problems: string[],
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      if (value !== undefined) this.problem('must be an object');
      return;
    }
    for (const [name, field] of Object.entries(value)) this.#values.set(snakeCase(name), field);
  }

  problem(text: string, field = ''): void {
    this.problems.push(`${field ? `${this.path}.${field}` : this.path}: ${text}`);
  }

  has(name: string): boolean {
    return this.#values.get(name) !== undefined && this.#values.get(name) !== null;
  }

  /** Of the fields of a map, whose keys are anything. */
  names(): string[] {
    return [...this.#values.keys()];
  }

  any(name: string): unknown {
    this.#taken.add(name);
    return this.#values.get(name) ?? undefined;
  }

  text(name: string, otherwise = ''): string {
    const value = this.any(name) ?? otherwise;
    if (typeof value !== 'string') this.problem('must be a string', name);
    return String(value);
  }

  /** A text as the bytes of messages are held: one character a byte. */
  bytes(name: string): string {
    return ofText(this.text(name));
  }

  flag(name: string, otherwise = false): boolean {
    const value = this.any(name) ?? otherwise;
    if (typeof value !== 'boolean') this.problem('must be true or false', name);
    return value === true;
  }

  count(name: string, otherwise: number): number {
    const value = Number(this.any(name) ?? otherwise);
    if (!Number.isInteger(value) || value < 0) this.problem('must be a whole number', name);
    return value;
  }

  /** A whole number of either sign. */
  number(name: string, otherwise: number): number {
    const value = Number(this.any(name) ?? otherwise);
    if (!Number.isInteger(value)) this.problem('must be a whole number', name);
    return value;
  }

  /** A protobuf duration, `0.1s`, in milliseconds. */
  durationMs(name: string, otherwise: number): number {
    const value = this.any(name);
    if (value === undefined) return otherwise;
    const match = /^(\d+(?:\.\d+)?)s$/.exec(String(value));
    if (!match) this.problem('must be a duration such as 0.5s', name);
    return Number(match?.[1] ?? 0) * 1000;
  }

  list(name: string): unknown[] {
    const value = this.any(name) ?? [];
    if (!Array.isArray(value)) this.problem('must be a list', name);
    return Array.isArray(value) ? value : [];
  }

  message(name: string): Fields {
    return new Fields(this.any(name), `${this.path}.${name}`, this.problems);
  }

  messages(name: string): Fields[] {
    return this.list(name).map((value, index) => new Fields(value, `${this.path}.${name}[${index}]`, this.problems));
  }

  /** The values of a map by its keys as they are written, each as the field `value`. */
  values(name: string): [key: string, Fields][] {
    return Object.entries((this.any(name) ?? {}) as object).map(([key, value]) => [
      key,
      new Fields({ value }, `${this.path}.${name}.${key}`, this.problems),
    ]);
  }

  /** One of `values`; anything else is refused as not supported. */
  choice<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const value = this.any(name) ?? otherwise;
    if (!values.includes(value as T))
      this.problem(`${JSON.stringify(value)} is not supported by the gateway (${values.join(', ')})`, name);
    return value as T;
  }

  /** Fields without any effect on the answers to requests. */
  ignore(...names: string[]): this {
    for (const name of names) this.#taken.add(name);
    return this;
  }

  done(): void {
    for (const name of this.#values.keys())
      if (!this.#taken.has(name)) this.problem('is not supported by the gateway', name);
  }
}

/** Field names only: `@type` and the names of extensions, which have dots, stay as they are. */
const snakeCase = (name: string): string =>
  /[@.]/.test(name) ? name : name.replace(/[A-Z]/g, (char) => `_${char.toLowerCase()}`);
