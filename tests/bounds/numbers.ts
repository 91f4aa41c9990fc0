import { at, type Json, type Place } from '../filters/mutation.js';

/** A number in a document, or a text that is one to the filters: a duration or a moment. */
export interface NumberAt {
  place: Place;
  /** How far apart two neighbours are, and how one is written. */
  step: number;
  write(value: number): Json;
  value: number;
}

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const hundredths = /(^|\.)(percent|failurePercent|slowPercent|weights\.[^.]*)$/;

/** Every number of a document. */
export function numbersIn(document: Json, above: Place = []): NumberAt[] {
  if (typeof document === 'object' && document !== null)
    return Object.keys(document).flatMap((key) => {
      const step = Array.isArray(document) ? Number(key) : key;
      return numbersIn(at(document, [step]), [...above, step]);
    });
  const number = numberOf(document, hundredths.test(above.join('.')));
  return number ? [{ place: above, ...number }] : [];
}

function numberOf(written: Json, isHundredth: boolean): Omit<NumberAt, 'place'> | undefined {
  if (typeof written === 'number') {
    const step = isHundredth ? 0.01 : 1;
    return { value: written, step, write: (value) => (isHundredth ? Math.round(value * 100) / 100 : value) };
  }
  if (typeof written !== 'string') return undefined;
  const [, count, unit] = /^(\d+)(ms|s|m|h)$/.exec(written) ?? [];
  if (unit) return { value: Number(count) * (unitMs[unit] ?? 0), step: 1, write: (ms) => `${ms}ms` };
  if (!/^\d{4}-\d\d-\d\dT/.test(written)) return undefined;
  const moment = (ms: number) =>
    ms >= 0 && ms < 8.64e15 ? new Date(ms).toISOString().replace('.000Z', 'Z') : `no moment: ${ms}`;
  return { value: Date.parse(written), step: 1000, write: moment };
}

/** The document with another value at a place. */
export function changed(document: Json, place: Place, value: Json): Json {
  const copy = structuredClone(document);
  const parent = at(copy, place.slice(0, -1)) as Record<string | number, Json>;
  parent[place.at(-1) ?? ''] = value;
  return copy;
}

/** The greatest value from `value` on (the least up to it, with a negative step) that is taken. */
export function furthest(value: number, step: number, taken: (value: number) => boolean): number {
  const many = (steps: number) => Math.round((value + steps * step) * 100) / 100;
  let inside = 0;
  let outside = 1;
  while (taken(many(outside)) && outside < 2 ** 53) {
    inside = outside;
    outside *= 2;
  }
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (taken(many(middle))) inside = middle;
    else outside = middle;
  }
  return many(inside);
}

/** A place without the numbers of list items, as a schema names it. */
export function fieldOf(place: Place): string {
  return place.filter((step) => typeof step === 'string').join('.');
}
