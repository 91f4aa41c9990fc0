import { Decoder, Slice, Value, firstOf, nextOf } from 'proxy-wasm';
import { Failures } from './policy';

const GRPC_STATUS_MAX: u64 = 16;

/** `{"statuses": ["5xx", "429"], "grpc": [14], "resets": true}`. Left out: any 5xx, and no answer at all. */
export function decodeFailures(decoder: Decoder, value: Value | null): Failures {
  const failures = Failures.in(decoder.arena);
  const object = decoder.object(value);
  const statuses = decoder.array(decoder.optional(object, 'statuses'));
  if (!statuses) addRange(failures, 500, 100);
  for (let item = firstOf(statuses); item; item = nextOf(item)) {
    if (!addStatus(failures, decoder.text(item)))
      decoder.fail(item, 'must be a status such as "503" or a class such as "5xx"');
  }
  const grpc = decoder.array(decoder.optional(object, 'grpc'));
  for (let item = firstOf(grpc); item; item = nextOf(item)) {
    failures.grpc |= 1 << (<u32>decoder.whole(item, 1, GRPC_STATUS_MAX));
  }
  const resets = decoder.optional(object, 'resets');
  failures.resets = resets ? decoder.flag(resets) : true;
  decoder.end(object);
  return failures;
}

function addStatus(failures: Failures, text: Slice): bool {
  const first = text.byte(0) - 0x30;
  if (text.length != 3 || first < 1 || first > 5) return false;
  if (text.byte(1) == 0x78 && text.byte(2) == 0x78) {
    addRange(failures, first * 100, 100);
    return true;
  }
  const second = text.byte(1) - 0x30;
  const third = text.byte(2) - 0x30;
  if (second > 9 || third > 9) return false;
  failures.addStatus(first * 100 + second * 10 + third);
  return true;
}

function addRange(failures: Failures, from: u32, count: u32): void {
  for (let status = from; status < from + count; status++) failures.addStatus(status);
}
