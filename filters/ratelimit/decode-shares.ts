import { Decoder, List, Value, firstOf, make, nextOf } from 'proxy-wasm';
import { checkConsumer } from '../rule/decode-match';
import { Algorithm, Rate } from './bucket';
import { MS_NS, PER_MS_MAX, QUOTA_MS, REQUESTS_MAX } from './bounds';
import { KeyKind, KeyPart, Limit } from './policy';
import { Shares, Weight } from './weights';

/** A consumer's weight is at most so many times another's of 1. */
const WEIGHT_MAX: u32 = 1000;
const HUNDREDTHS: u32 = 100;

/** A limit over all consumers together, of which each has a share. */
export function decodeShares(decoder: Decoder, value: Value): Limit {
  const object = decoder.object(value);
  const limit = make<Limit>(decoder.arena);
  limit.name = 'fairShares';
  const rate = make<Rate>(decoder.arena);
  rate.algorithm = Algorithm.WINDOW;
  rate.requests = decoder.whole(decoder.required(object, 'requests'), 0, REQUESTS_MAX);
  rate.capacity = rate.requests;
  const perMs = decoder.whole(decoder.required(object, 'perMs'), 1, PER_MS_MAX);
  rate.perNs = perMs * MS_NS;
  limit.rate = rate;
  limit.quota = perMs >= QUOTA_MS;
  // One chain has them all.
  limit.keysMax = 1;
  const part = make<KeyPart>(decoder.arena);
  part.kind = KeyKind.CONSUMER;
  limit.key = List.of<KeyPart>(decoder.arena, 1);
  limit.key!.put(0, part);
  limit.shares = decodeWeights(decoder, decoder.optional(object, 'weights'));
  decoder.end(object);
  return limit;
}

function decodeWeights(decoder: Decoder, value: Value | null): Shares {
  const object = decoder.object(value);
  const shares = make<Shares>(decoder.arena);
  shares.others = HUNDREDTHS;
  let count = 0;
  for (let item = firstOf(object); item; item = nextOf(item)) if (!item.name!.equals('*')) count++;
  shares.weights = List.of<Weight>(decoder.arena, count);
  for (let item = firstOf(object); item; item = nextOf(item)) {
    item.read = true;
    const weight = decoder.hundredths(item, WEIGHT_MAX);
    if (!weight) decoder.fail(item, 'must be more than 0');
    checkConsumer(decoder, item, item.name!);
    if (item.name!.equals('*')) shares.others = weight;
    else {
      const own = make<Weight>(decoder.arena);
      own.consumer = item.name!.copiedTo(decoder.arena);
      own.weight = weight;
      shares.weights.put(--count, own);
    }
  }
  return shares;
}
