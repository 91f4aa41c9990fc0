import { Decoder, Kind, Value, isHeaderName, make } from 'proxy-wasm';
import { REQUESTS_MAX } from './bounds';
import { Cost } from './cost';

/** A number, or `{"header": …, "default": 1, "max": …}`. */
export function decodeCost(decoder: Decoder, value: Value): Cost {
  const cost = make<Cost>(decoder.arena);
  if (value.kind == Kind.NUMBER) {
    cost.amount = decoder.whole(value, 1, REQUESTS_MAX);
    return cost;
  }
  const object = decoder.object(value);
  const header = decoder.required(object, 'header');
  const name = decoder.name(header).lowerCase(decoder.arena);
  if (header && !isHeaderName(name)) decoder.fail(header, 'must be the name of a header');
  cost.header = name;
  cost.most = decoder.wholeOr(object, 'max', 1, REQUESTS_MAX, REQUESTS_MAX);
  cost.amount = decoder.wholeOr(object, 'default', 1, cost.most, 1);
  decoder.end(object);
  return cost;
}
