import { Decoder, List, Value } from 'proxy-wasm';
import { Policy } from '../rule/policy';

/** Refuses a policy with the namespace and the name of one before it: they would share their state. */
export function refuseSamePolicy<T extends Policy>(decoder: Decoder, others: List<T>, item: Value, made: T): void {
  for (let i = 0; i < item.index; i++) {
    const other = others.at(i);
    if (!other.name.equals(made.name) || !other.namespace.equals(made.namespace)) continue;
    decoder.fail(item, 'has the name of another policy');
  }
}
