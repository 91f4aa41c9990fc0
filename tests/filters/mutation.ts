import fc from 'fast-check';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Place = (string | number)[];

/** `$.targets[0].name`, as the filters write it. */
export function placeText(place: Place): string {
  return `$${place.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`;
}

export function at(value: Json, place: Place): Json {
  return place.reduce<Json>((inner, step) => (inner as Record<string | number, Json>)[step] ?? null, value);
}

function placesIn(value: Json, above: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [above];
  const steps = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [above, ...steps.flatMap((step) => placesIn(at(value, [step]), [...above, step]))];
}

/** Where its numbers stand. */
export function numbersIn(config: Json): Place[] {
  return placesIn(config).filter((place) => typeof at(config, place) === 'number');
}

/** The same with another value in one place. */
export function replaced(config: Json, place: Place, value: Json): Json {
  const changed = structuredClone(config);
  (at(changed, place.slice(0, -1)) as Record<string | number, Json>)[place.at(-1) ?? 0] = value;
  return changed;
}

/** What stands in the wrong place: every type, and numbers, texts and lists at the edges of what is allowed. */
const replacements: Json[] = [
  ...[null, true, false, 0, 1, -1, 1.5, 99.999, 100, 101, 599, 600, 65_536, 7_200_001, 4_294_967_296, 1e15],
  ...['', 'x', 'X-Y', 'a b', 'enforce', 'none', 'headers', 'second', 'sliding-window', 'anonymous', 'jwt:', 'jwt:a'],
  ...['jwt:a/b', 'jwt:a/', 'jwt:/a', 'a/b', 'a:b'],
  ...['10.0.0.0/8', '::/129', '::ffff:0:0/64', 'spiffe://mesh/a', 'spiffe:', '*.a', '*', 'a.*', '5xx', '600', '\u00e9'],
  ...[[], {}, [''], ['x', 'x'], [1], [[]], [{}], { v4: 'CgAAAAg' }, { v4: 'CgAAAAh' }, { v6: 'CgAAAAg' }],
  ...[
    { exact: 'a' },
    { exact: 'a', prefix: 'b' },
    { present: true },
    { header: 'x' },
    { query: 'x' },
    { percent: 12.34 },
  ],
];

/** The configuration with one thing changed: replaced, left out, added, or there twice. */
export function mutation(config: Json): fc.Arbitrary<Json> {
  const places = placesIn(config).slice(1);
  return (
    fc
      .tuple(
        fc.constantFrom(...places),
        fc.constantFrom('replace', 'remove', 'add', 'repeat'),
        fc.constantFrom(...replacements),
      )
      // Whether a variable is set, only the machine knows; a key set has tests of its own.
      .filter(([place]) => !place.some((step) => ['secrets', 'env', 'jwks'].includes(String(step))))
      .map(([place, what, other]) => {
        const changed = structuredClone(config);
        const parent = at(changed, place.slice(0, -1));
        const last = place.at(-1) ?? 0;
        const value = at(changed, place);
        if (what === 'replace') (parent as Record<string | number, Json>)[last] = other;
        else if (what === 'remove' && Array.isArray(parent)) parent.splice(Number(last), 1);
        else if (what === 'remove') delete (parent as Record<string, Json>)[last];
        else if (what === 'repeat' && Array.isArray(parent)) parent.push(structuredClone(value));
        else if (Array.isArray(value)) value.push(other);
        else if (typeof value === 'object' && value !== null) value.unknown = other;
        return changed;
      })
  );
}
