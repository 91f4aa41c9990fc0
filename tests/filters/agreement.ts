import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type FilterName, filterSchemas } from '@tollgate/envoy/filter-config';
import { Host } from '@tollgate/host-sim';
import { environment } from './configurations.js';
import { type Json, type Place, placeText } from './mutation.js';

const resolve = createRequire(import.meta.url).resolve;
export const wasm = (filter: FilterName) => readFileSync(resolve(`@tollgate/filters/build/${filter}.wasm`));

/** Where the filter says that the mistake is, and what; undefined when it takes the configuration. */
export async function refusalOf(
  module: Uint8Array,
  config: string,
): Promise<{ place: string; line: string } | undefined> {
  const lines: string[] = [];
  try {
    const sim = await Host.load(module, { config, env: environment });
    lines.push(...sim.logs.map(({ message }) => message));
    return undefined;
  } catch (error) {
    const line = String((error as Error).message);
    const [, place = '', reason = ''] = /configuration: (\$.*?): (.*)/s.exec(line) ?? [];
    const missing = /needs the field "(\w+)"/.exec(reason);
    return { place: missing ? `${place}.${missing[1]}` : place, line };
  }
}

interface Issue {
  code?: string;
  path: PropertyKey[];
  keys?: string[];
  errors?: Issue[][];
}

/** Every place that the schema complains of, with those of the branches of a union. */
function placesOf(issues: readonly Issue[], above: Place = []): string[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path] as Place;
    const inner = (issue.errors ?? []).flatMap((branch) => placesOf(branch, path));
    return [...(issue.keys ?? []).map((key) => placeText([...path, key])), placeText(path), ...inner];
  });
}

/** A configuration is right or wrong for a filter and for its schema alike, at the same place. Returns whether it is right. */
export async function agree(filter: FilterName, module: Uint8Array, config: Json): Promise<boolean> {
  const text = JSON.stringify(config);
  const refused = await refusalOf(module, text);
  const checked = filterSchemas[filter].safeParse(config);
  if (checked.success)
    assert.equal(refused, undefined, `the filter refuses what the schema takes: ${refused?.line}\n${text}`);
  else {
    const places = placesOf(checked.error.issues as Issue[]);
    assert.ok(refused, `the filter takes what the schema refuses at ${places[0]}\n${text}`);
    assert.ok(places.includes(refused.place), `${refused.line}\nis not among ${places.join(', ')}\n${text}`);
  }
  return checked.success;
}
