import {
  Decoder,
  HmacKey,
  Level,
  List,
  Slice,
  Value,
  Writer,
  environment,
  firstOf,
  log,
  make,
  nextOf,
} from 'proxy-wasm';
import { Secret } from './policy';

/**
 * Reads the secrets of a system out of the environment variables that the configuration names, so that no secret stands in
 * it. One that is missing is a warning; when none is left the configuration is refused, naming all of them.
 */
export function decodeSecrets(decoder: Decoder, value: Value | null, system: Slice): List<Secret> {
  const array = decoder.filled(value);
  const secrets = decoder.listOf<Secret>(array);
  if (!array) return secrets;
  let found = 0;
  const refusal = decoder.message(array);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const name = decoder.name(item);
    const text = environment(decoder.scratch, name);
    if (text) {
      secrets.put(found++, secretOf(decoder, text));
      continue;
    }
    if (item.index > found) refusal.text(', ');
    writeMissing(refusal, name);
    log(Level.WARN, missing(decoder, name, system));
  }
  if (!found) decoder.refuse(refusal.text(': system ').text(system).text(' has no secret'));
  secrets.length = found;
  return secrets;
}

function secretOf(decoder: Decoder, text: Slice): Secret {
  const secret = make<Secret>(decoder.arena);
  secret.text = text.copiedTo(decoder.arena);
  secret.hmac = HmacKey.of(decoder.arena, text.at, text.length);
  return secret;
}

function missing(decoder: Decoder, name: Slice, system: Slice): Slice {
  const line = Writer.in(decoder.scratch);
  writeMissing(line, name);
  return line.text(': a secret of system ').text(system).done();
}

function writeMissing(writer: Writer, name: Slice): void {
  writer.text('environment variable ').text(name).text(' is not set or empty');
}
