import { Decoder, Kind, Slice, Value } from 'proxy-wasm';
import { Call } from '../call/call';

/** Hundredths of a percent. */
const EVERYONE: u32 = 10000;

/** What all policies have. */
@unmanaged
export class Policy {
  namespace: Slice;
  name: Slice;
  /** The share of consumers for whom it is enforced, in hundredths of a percent; for the rest it is a shadow. */
  share: u32;

  enforcedFor(call: Call): bool {
    return this.share == EVERYONE || (this.share != 0 && bucketOf(call) < this.share);
  }

  /** Reads the fields; the caller reads those of its kind and ends the object. */
  decode(decoder: Decoder, object: Value | null): void {
    const namespace = decoder.optional(object, 'namespace');
    this.namespace = namespace ? decoder.name(namespace) : 'default';
    this.name = decoder.name(decoder.required(object, 'name'));
    this.share = decodeMode(decoder, decoder.optional(object, 'mode'));
  }
}

/** `enforce`, `shadow` or `{"percent": N}`, as a share. */
function decodeMode(decoder: Decoder, mode: Value | null): u32 {
  if (!mode) return EVERYONE;
  if (mode.kind == Kind.OBJECT) {
    const share = decoder.hundredths(decoder.required(mode, 'percent'), 100);
    decoder.end(mode);
    return share;
  }
  if (mode.kind == Kind.STRING) {
    if (mode.text.equals('enforce')) return EVERYONE;
    if (mode.text.equals('shadow')) return 0;
  }
  decoder.fail(mode, 'must be "enforce", "shadow" or {"percent": N}');
  return EVERYONE;
}

/** A stable number below EVERYONE for the consumer, or for the address where it is anonymous (FNV-1a, 32 bits). */
function bucketOf(call: Call): u32 {
  const consumer = call.identity;
  if (consumer) return fnv(consumer.at, consumer.length) % EVERYONE;
  const address = call.address;
  return address ? fnv(changetype<usize>(address), 16) % EVERYONE : 0;
}

export function fnv(at: usize, length: i32): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = (hash ^ load<u8>(at + i)) * 0x01000193;
  return hash;
}
