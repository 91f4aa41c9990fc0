import type { Resource } from './kinds.js';
import { type Mistake, mistake } from './mistake.js';
import { Model } from './model.js';
import { checkReferences } from './references.js';
import { keyOf, type ResourceId } from './resource.js';

export interface BuildOptions {
  /** How the user calls the place where a resource stands, where there is one: a file. */
  placeOf?: (resource: ResourceId) => string | undefined;
  /** Documents are missing because they are wrong by themselves. What refers to them is not: say only what is. */
  incomplete?: boolean;
  /** One that may say most of the same. */
  before?: Model | undefined;
}

/** Puts checked documents together. The model is complete only where there are no mistakes. */
export function buildModel(
  resources: readonly Resource[],
  { placeOf = () => undefined, incomplete = false, before }: BuildOptions = {},
): { model: Model; mistakes: Mistake[]; warnings: Mistake[] } {
  const mistakes: Mistake[] = [];
  const known = new Map<string, Resource>();
  for (const resource of resources) {
    const key = `${resource.kind} ${keyOf(resource)}`;
    const first = known.get(key);
    if (!first) {
      known.set(key, resource);
      continue;
    }
    const place = placeOf(first);
    const where = place === undefined ? '' : ` in ${place}`;
    const message = `${resource.kind} "${resource.name}" already exists${where}: names must be unique per kind and namespace`;
    mistakes.push(mistake(resource, ['metadata', 'name'], message));
  }
  const model = new Model([...known.values()], before);
  const found = incomplete || mistakes.length > 0 ? [] : checkReferences(model);
  mistakes.push(...found.filter(({ warning }) => !warning));
  return { model, mistakes, warnings: found.filter(({ warning }) => warning) };
}
