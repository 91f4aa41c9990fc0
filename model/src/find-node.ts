import { TollgateError } from './errors.js';
import type { Resource } from './kinds.js';
import type { Model } from './model.js';
import { didYouMean } from './near-word.js';
import { keyOf } from './resource.js';

/** Finds a node by its name, or by `namespace/name`. */
export function findNode(model: Model, name: string, namespace?: string): Resource<'Node'> {
  const nodes = model.of('Node');
  const [inNamespace = '', short] = name.split('/');
  const keyed = short === undefined ? undefined : nodes.get(inNamespace, short);
  const found = [...nodes.named(name), ...(keyed ? [keyed] : [])].filter(
    (node) => namespace === undefined || node.namespace === namespace,
  );
  if (found.length === 1 && found[0]) return found[0];
  if (found.length > 1)
    throw new TollgateError(
      'input_invalid',
      `several namespaces have a node "${name}", write ${found.map(keyOf).join(' or ')}`,
    );
  const known = nodes.all.map((node) => node.name);
  const hint =
    didYouMean(name, known) ||
    (known.length > 0 ? `, expected one of: ${known.join(', ')}` : ', no file contains a Node document');
  throw new TollgateError('not_found', `there is no node "${name}"${hint}`);
}
