import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Value } from 'proxy-wasm/assembly/json/value';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Policy } from '../rule/policy';

/** Refuses an item that has the name of one before it in its list, of which `others` has those that were read. */
export function refuseSameName<T>(decoder: Decoder, others: List<T>, item: Value, made: T, reason: Slice): void {
  for (let i = 0; i < item.index; i++) {
    if (others.at(i).name.equals(made.name)) decoder.fail(item, reason);
  }
}

/** Refuses a policy with the namespace and the name of one before it: they would share their state. */
export function refuseSamePolicy<T extends Policy>(decoder: Decoder, others: List<T>, item: Value, made: T): void {
  for (let i = 0; i < item.index; i++) {
    const other = others.at(i);
    if (!other.name.equals(made.name) || !other.namespace.equals(made.namespace)) continue;
    decoder.fail(item, 'has the name of another policy');
  }
}
