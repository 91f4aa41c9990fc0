import { Decoder, SliceSet, Value, firstOf, make, nextOf } from 'proxy-wasm';
import { PathReading } from '../path/reading';
import { defineCounters } from '../verdict/counters';
import { Reason } from '../verdict/reason';
import { Configuration, GovernedTarget } from './configuration';

const HOPS_MAX: u64 = 16;

/** What it answers may be used only if the decoder met no mistake. */
export function decodeConfiguration(decoder: Decoder, value: Value | null): Configuration {
  const configuration = decode(decoder, value);
  if (decoder.mistake) return configuration;
  if (!isDefined(TCP)) defineCounters(Reason.PATH_NOT_CANONICAL, Reason.PATH_NOT_CANONICAL);
  defineCounters(Reason.FILTER_UNAVAILABLE, Reason.FILTER_UNAVAILABLE);
  configuration.start(decoder.arena);
  return configuration;
}

function decode(decoder: Decoder, value: Value | null): Configuration {
  const configuration = make<Configuration>(decoder.arena);
  const object = decoder.object(value);
  configuration.provider = decodeSide(decoder, decoder.required(object, 'side'));
  const service = decoder.required(object, 'service');
  configuration.service = decoder.name(service);
  // On the consumer side it is an identity, and no other kind of them.
  if (configuration.service.indexOf(0x3a) >= 0) decoder.fail(service, 'must not have a colon');
  configuration.trustedHops = <i32>decoder.whole(decoder.optional(object, 'trustedHops'), 0, HOPS_MAX);
  const array = decoder.array(decoder.required(object, 'targets'));
  decoder.end(object);
  const targets = decoder.listOf<GovernedTarget>(array);
  configuration.targets = targets;
  const services = SliceSet.withRoom(decoder.scratch, targets.length);
  if ((configuration.provider || isDefined(TCP)) && array && array.count != 1)
    decoder.fail(array, isDefined(TCP) ? 'must be exactly one' : 'must be exactly one on the provider side');
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const target = make<GovernedTarget>(decoder.arena);
    const fields = decoder.object(item);
    target.service = decoder.name(decoder.required(fields, 'service'));
    if (!services.add(target.service)) decoder.fail(item, 'has the service of another target');
    target.paths = PathReading.decode(decoder, decoder.optional(fields, 'paths'));
    target.decode(decoder, fields, configuration.provider);
    decoder.end(fields);
    targets.put(item.index, target);
  }
  return configuration;
}

function decodeSide(decoder: Decoder, side: Value | null): bool {
  const text = decoder.text(side);
  if (side && !text.equals('provider') && !text.equals('consumer'))
    decoder.fail(side, 'must be "provider" or "consumer"');
  return text.equals('provider');
}
