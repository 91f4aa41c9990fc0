import type { HeaderMap } from '../../http/header-map.js';
import type { FormatSource, HeaderOperations } from '../plan/plan.js';

/** Envoy: what one level says is removed first; values are made before any is written, and those that overwrite come first. */
export function changeHeaders({ remove, add }: HeaderOperations, headers: HeaderMap, source: FormatSource): void {
  for (const name of remove) headers.remove(name);
  if (add.length === 0) return;
  const added: [name: string, value: string][] = [];
  const set: [name: string, value: string][] = [];
  for (const { name, value: format, action, keepEmpty } of add) {
    const value = format(source);
    if (value === '' && !keepEmpty) continue;
    if (action === 'APPEND_IF_EXISTS_OR_ADD') added.push([name, value]);
    else if (action === 'OVERWRITE_IF_EXISTS_OR_ADD') set.push([name, value]);
    else if (headers.has(name) === (action === 'OVERWRITE_IF_EXISTS'))
      (action === 'ADD_IF_ABSENT' ? added : set).push([name, value]);
  }
  for (const [name, value] of set) headers.replace(name, value);
  for (const [name, value] of added) headers.add(name, value);
}
