import type { HeaderMap } from '../http/header-map.js';

/** As node takes headers: repeated ones as a list. */
export function fieldsOf(headers: HeaderMap): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const [name] of headers.entries) {
    if (name in fields) continue;
    const values = headers.all(name);
    fields[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return fields;
}

export function pairsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[index * 2] as string, raw[index * 2 + 1] as string]);
}
