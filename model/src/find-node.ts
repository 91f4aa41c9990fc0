import { TollgateError } from './errors.js';
import { didYouMean } from './near-word.js';
import { keyOf, type Resource } from './resource.js';

/** Finds a node by its name, or by `namespace/name`. */
export function findNode(nodes: readonly Resource<'Node'>[], name: string, namespace?: string): Resource<'Node'> {
  const found = nodes.filter(
    (node) => (node.name === name || keyOf(node) === name) && (namespace === undefined || node.namespace === namespace),
  );
  if (found.length === 1 && found[0]) return found[0];
  if (found.length > 1)
    throw new TollgateError(
      'input_invalid',
      `several namespaces have a node "${name}", write ${found.map(keyOf).join(' or ')}`,
    );
  const known = nodes.map((node) => node.name);
  const hint =
    didYouMean(name, known) ||
    (known.length > 0 ? `, known here: ${known.join(', ')}` : ', no file has a Node document');
  throw new TollgateError('not_found', `there is no node "${name}"${hint}`);
}
