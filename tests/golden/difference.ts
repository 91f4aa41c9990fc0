export type Tree = null | boolean | number | string | Tree[] | Fields;
type Fields = { [name: string]: Tree };

/** A new item of these lists differs from the first only in part, and is shown by that part. */
const likeTheFirst = ['listeners', 'clusters'];

/**
 * What `tree` has and `base` has not, or undefined if nothing. A field that is gone is null; in a list whose items have names
 * each is compared with its namesake, and the names of those that are gone stand in `gone`.
 */
export function difference(base: Tree | undefined, tree: Tree, list = ''): Tree | undefined {
  if (JSON.stringify(base) === JSON.stringify(tree)) return undefined;
  if (isFields(base) && isFields(tree)) return differentFields(base, tree);
  if (Array.isArray(base) && Array.isArray(tree)) {
    const [before, after] = [byName(base), byName(tree)];
    if (before && after) return differentNamed(before, after, likeTheFirst.includes(list));
    if (base.length === tree.length) return tree.map((item, index) => difference(base[index], item) ?? 'as before');
  }
  return tree;
}

function differentFields(base: Fields, tree: Fields): Fields {
  const different = Object.entries(tree).flatMap(([name, value]): [string, Tree][] => {
    const found = difference(base[name], value, name);
    return found === undefined ? [] : [[name, found]];
  });
  const gone = Object.keys(base).filter((name) => !(name in tree));
  return Object.fromEntries([...different, ...gone.map((name): [string, Tree] => [name, null])]);
}

function differentNamed(base: Map<string, Fields>, tree: Map<string, Fields>, like: boolean): Tree[] {
  const [first] = like ? base : [];
  const different = [...tree].flatMap(([name, item]): Fields[] => {
    const known = base.get(name);
    if (!known && first) return [{ name, like: first[0], ...differentFields(first[1], { ...item, name }) }];
    if (!known) return [item];
    const found = differentFields(known, item);
    return Object.keys(found).length === 0 ? [] : [{ ...nameOf(item), ...found }];
  });
  const gone = [...base.keys()].filter((name) => !tree.has(name));
  return gone.length > 0 ? [...different, { gone }] : different;
}

/** What tells an item from the others of its list: filters know their targets by the service. */
function nameOf({ name, service }: Fields): { name: Tree } | { service: Tree } | undefined {
  if (name !== undefined) return { name };
  return service === undefined ? undefined : { service };
}

/** Undefined where not all have a name of their own. */
function byName(items: Tree[]): Map<string, Fields> | undefined {
  const named = items.flatMap((item): [string, Fields][] => {
    const name = isFields(item) ? nameOf(item) : undefined;
    return name ? [[String(Object.values(name)[0]), item as Fields]] : [];
  });
  const found = new Map(named);
  return found.size === items.length ? found : undefined;
}

function isFields(tree: Tree | undefined): tree is Fields {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree);
}
